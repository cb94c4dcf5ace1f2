// The login page's later steps, shown by two people: one has every second factor, the other must change her password.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOTP } from 'otpauth';

const KIM = { loginName: 'kim@acme.test', displayName: 'Kim Okafor', password: 'slow trains after dark' };
const NOOR = { loginName: 'noor@acme.test', displayName: 'Noor Haddad', password: 'paper boats in march' };
const TOTP_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const PHONE = '+4915112345678';
const QUESTIONS = ['street', 'teacher', 'pet'].map((what) => ({
  question: `What was your first ${what} called?`,
  answer: `the ${what}`,
}));

/** Kim's profile: whatever there is. */
export const EVERYTHING = {
  name: 'Everything',
  challenges: [['UP'], ['U2F', 'OATH', 'EMAIL', 'SMS', 'PF', 'SQ', 'OTP', 'RECOVERY']],
};

/** Where the server writes what it would send. */
export const outbox = mkdtempSync(join(tmpdir(), 'sallyport-outbox-'));

/** The code that was sent to `number`, once. */
async function takeCode(number) {
  for (let tries = 0; tries < 100; tries++) {
    for (const name of readdirSync(outbox).filter((file) => file.endsWith('.json'))) {
      const { to, code } = JSON.parse(readFileSync(join(outbox, name), 'utf8'));
      if (to !== number || !code) continue;
      rmSync(join(outbox, name));
      return code;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing was sent to ${number}`);
}

/** A caller of `url` that throws what the server refuses. */
function callerOf(url, auth) {
  return async (path, body, method = 'POST') => {
    const headers = { 'content-type': 'application/json', 'x-centrify-native-client': '1' };
    if (auth) headers.authorization = `Bearer ${auth}`;
    const response = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
}

/** The bearer token of a session, by password and the code of an authenticator app where one is asked for. */
async function signIn(url, { loginName, password }, code) {
  const post = callerOf(url);
  const answer = async ({ SessionId, Challenges }, name, Answer) => {
    const { MechanismId } = Challenges[0].Mechanisms.find(({ Name }) => Name === name);
    const body = { SessionId, MechanismId, Action: 'Answer', Answer };
    const { Result } = await post('/Security/AdvanceAuthentication', body);
    return { SessionId, ...Result };
  };
  const started = await post('/Security/StartAuthentication', { User: loginName, Version: '1.0' });
  const first = await answer(started.Result, 'UP', password);
  return (code ? await answer(first, 'OATH', code) : first).Auth;
}

/** Adds a passkey in the User Portal, as only a browser can. */
async function addPasskey(page, url) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true };
  const verified = { hasUserVerification: true, isUserVerified: true };
  await devtools.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, ...verified } });
  await page.goto(`${url}/my/security`);
  await page.getByLabel('User name').fill(KIM.loginName);
  await page.getByLabel('Password', { exact: true }).fill(KIM.password);
  await page.locator('#signin').click();
  await page.getByRole('button', { name: 'Add a passkey or security key' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a passkey or security key' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Blue key');
  await dialog.getByRole('textbox', { name: 'Your password' }).fill(KIM.password);
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('Passkey: Blue key').waitFor();
}

async function enrolPhones(post) {
  for (const mechanism of ['SMS', 'PF']) {
    const offer = { password: KIM.password, mechanism, number: PHONE };
    const { ticket } = await post('/api/v1/me/factors/phone/offer', offer);
    await post('/api/v1/me/factors/phone', { ticket, code: await takeCode(PHONE) });
  }
}

/**
 * Makes both people: Kim with a factor of every kind, and a session that may approve others; Noor with a password that
 * is good for nothing but being changed.
 */
export async function preparePeople({ url, apply, admin, page }) {
  const people = [KIM, NOOR].map((one) => ({ ...one, email: one.loginName }));
  apply({ users: people });
  const post = callerOf(url, await signIn(url, KIM));
  await addPasskey(page, url);
  const { password } = KIM;
  await post('/api/v1/me/factors/questions', { password, questions: QUESTIONS });
  await post('/api/v1/me/factors/recovery-codes', { password });
  await enrolPhones(post);
  apply({
    users: [{ loginName: KIM.loginName, totpSecret: TOTP_SECRET }],
    roles: [{ name: 'Night shift', members: [KIM.loginName] }],
  });
  await signIn(url, KIM, new TOTP({ secret: TOTP_SECRET }).generate());
  const asAdmin = callerOf(url, await signIn(url, { loginName: admin.user, password: admin.password }));
  const reset = { password: NOOR.password, mustChangePassword: true };
  await asAdmin(`/api/v1/users/${NOOR.loginName}/password`, reset, 'PUT');
}

async function givePassword(page, { loginName, password }) {
  await page.getByLabel('User name').fill(loginName);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.locator('#signin').click();
  await page.locator('input[name=transaction]').waitFor({ state: 'attached' });
}

/** One step of the login page, as `pages.mjs` lists pages; `choice` is the way that Kim takes. */
function step(name, choice, more = async () => undefined) {
  const act = async (page) => {
    await givePassword(page, KIM);
    if (choice) {
      await page.getByRole('button', { name: choice }).click();
      await page.getByRole('button', { name: 'Use another way' }).waitFor();
    }
    await more(page);
  };
  return { name, path: '/login', guest: true, act };
}

export const SIGN_IN_PAGES = [
  step('login-choice'),
  step('login-passkey', 'Passkey or security key'),
  step('login-authenticator', 'Authenticator app'),
  step('login-mail', 'E-mail'),
  step('login-text', 'Text message'),
  step('login-call', 'Phone call'),
  step('login-questions', 'Security questions'),
  step('login-approval', 'Approve on another device'),
  step('login-recovery', 'Recovery code'),
  step('login-wrong-code', 'Recovery code', async (page) => {
    await page.locator('#answer').fill('abcd-efgh');
    await page.locator('#signin').click();
    await page.locator('.say.error').waitFor();
  }),
  {
    name: 'login-new-password',
    path: '/login',
    guest: true,
    act: async (page) => {
      await givePassword(page, NOOR);
      await page.getByRole('heading', { name: 'New password' }).waitFor();
    },
  },
  { name: 'login-forgotten', path: '/login/forgot', guest: true },
];
