// The login page's later steps, shown by two people: one has every second factor, the other must change her password.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { call, login } from '@sallyport/client';
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

/** The code that was sent to `number`, once, as the server wrote it to `outbox`. */
async function takeCode(outbox, number) {
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

/** Signs somebody in by whichever mechanism `answers` has a word for; what then calls the server in that name. */
async function signIn(url, user, answers) {
  const { bearerToken } = await login(
    url,
    { user },
    {
      chooseMechanism: (mechanisms) => mechanisms.find(({ name }) => name in answers),
      answer: ({ name }) => answers[name],
    },
  );
  return async (path, data, method = 'POST') => (await call(url, { method, path, data, bearerToken })).body;
}

/** Adds a passkey in the User Portal, as only a browser can. */
async function addPasskey(page, url) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true };
  const verified = { hasUserVerification: true, isUserVerified: true };
  await devtools.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, ...verified } });
  await page.goto(`${url}/my/security`);
  await givePassword(page, KIM);
  await page.getByRole('button', { name: 'Add a passkey or security key' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a passkey or security key' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Blue key');
  await dialog.getByRole('textbox', { name: 'Your password' }).fill(KIM.password);
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('Passkey: Blue key').waitFor();
}

async function enrolPhones(post, outbox) {
  for (const mechanism of ['SMS', 'PF']) {
    const offer = { password: KIM.password, mechanism, number: PHONE };
    const { ticket } = await post('/api/v1/me/factors/phone/offer', offer);
    await post('/api/v1/me/factors/phone', { ticket, code: await takeCode(outbox, PHONE) });
  }
}

/**
 * Makes both people: Kim with a factor of every kind, and a session that may approve others; Noor with a password that
 * is good for nothing but being changed.
 */
export async function preparePeople({ url, apply, admin, page, outbox }) {
  const people = [KIM, NOOR].map((one) => ({ ...one, email: one.loginName }));
  apply({ users: people });
  const post = await signIn(url, KIM.loginName, { UP: KIM.password });
  await addPasskey(page, url);
  const { password } = KIM;
  await post('/api/v1/me/factors/questions', { password, questions: QUESTIONS });
  await post('/api/v1/me/factors/recovery-codes', { password });
  await enrolPhones(post, outbox);
  apply({
    users: [{ loginName: KIM.loginName, totpSecret: TOTP_SECRET }],
    roles: [{ name: 'Night shift', members: [KIM.loginName] }],
  });
  const code = new TOTP({ secret: TOTP_SECRET }).generate();
  await signIn(url, KIM.loginName, { UP: password, OATH: code });
  const asAdmin = await signIn(url, admin.loginName, { UP: admin.password });
  const reset = { password: NOOR.password, mustChangePassword: true };
  await asAdmin(`/api/v1/users/${NOOR.loginName}/password`, reset, 'PUT');
}

/** Answers the first step of the login page, and waits for nothing. */
export async function givePassword(page, { loginName, password }) {
  await page.getByLabel('User name').fill(loginName);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.locator('#signin').click();
}

/** One step of the login page, as `pages.mjs` lists pages; `choice` is the way that Kim takes. */
function step(name, choice, more = async () => undefined) {
  const act = async (page) => {
    await givePassword(page, KIM);
    await page.locator('.choices').waitFor();
    if (choice) {
      await page.getByRole('button', { name: choice }).click();
      await page.getByRole('button', { name: 'Use another way' }).waitFor();
    }
    await more(page);
  };
  return { name, path: '/login', guest: true, act };
}

export const SIGN_IN_PAGES = [
  { name: 'login', path: '/login', guest: true },
  {
    name: 'login-refused',
    path: '/login',
    guest: true,
    act: async (page) => {
      await givePassword(page, { loginName: 'somebody@acme.test', password: 'not the password' });
      await page.locator('.say.error').waitFor();
    },
  },
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
    await page.locator('#answer').fill('abcde-fghjk');
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
