/**
 * Helps the sign-in page along; without it the same forms do. The first step goes by StartAuthentication and
 * AdvanceAuthentication, so that a wrong password reloads nothing; later steps are the server's pages, on which this
 * waits for another device or asks for a passkey. Nothing of an answer is kept: the session is in the cookie.
 */
const form = document.querySelector('#login');
const say = document.querySelector('#say');

/** Milliseconds between two looks at whether another device has decided. */
const POLL_EVERY = 1500;

function field(name) {
  return form.elements.namedItem(name);
}

function tell(text, isError) {
  say.textContent = text;
  say.classList.toggle('error', isError);
}

/** A call of the vendor's API. `credentials: 'omit'` where an older session must not answer for the user. */
async function call(method, body, credentials) {
  const response = await fetch(`/Security/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-centrify-native-client': 'true' },
    body: JSON.stringify(body),
    credentials,
  });
  if (!response.ok) throw new Error(`answered ${response.status}`);
  const { success, Result: result } = await response.json();
  return { success, ...result };
}

function advance(sessionId, mechanismId, operation) {
  return call(
    'AdvanceAuthentication',
    {
      SessionId: sessionId,
      MechanismId: mechanismId,
      ...operation,
      PersistentLogin: field('persistent').checked,
    },
    'same-origin',
  );
}

/** Sends the form by itself, with one field more. */
function post(name, value) {
  form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
  form.submit();
}

/** Name and password, as far as they lead. */
async function firstStep() {
  const started = await call(
    'StartAuthentication',
    {
      User: field('username').value,
      Version: '1.0',
      ApplicationId: form.dataset.application,
      // So that recorded traffic shows this sign-in with the request that asked for it.
      CloudRedirect: field('cloudRedirect').value,
    },
    'omit',
  );
  const password = started.Challenges?.[0].Mechanisms.find(({ Name }) => Name === 'UP');
  if (!started.success || !password) return started;
  return advance(started.SessionId, password.MechanismId, {
    Action: 'Answer',
    Answer: field('password').value,
  });
}

function afterFirstStep(result) {
  if (result.success && result.Summary === 'LoginSuccess') location.replace(form.dataset.next);
  else if (result.success && result.Challenges) {
    field('password').value = '';
    field('password').required = false;
    post('session', result.SessionId);
  } else if (result.Summary === 'CannotSatisfyChallenges') form.submit();
  else {
    tell(form.dataset.failed, true);
    field('password').value = '';
    field('password').focus();
  }
}

async function takeFirstStep(event) {
  event.preventDefault();
  if (form.ariaBusy === 'true') return;
  form.ariaBusy = 'true';
  try {
    afterFirstStep(await firstStep());
  } catch {
    tell(form.dataset.unreachable, true);
  } finally {
    form.ariaBusy = 'false';
  }
}

/** Asks again and again whether another device has decided; a page that is left stops asking. */
async function wait() {
  const [sessionId] = field('transaction').value.split('.');
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY));
    if (form.ariaBusy === 'true') continue;
    const result = await call(
      'AdvanceAuthentication',
      {
        SessionId: sessionId,
        MechanismId: field('mechanism').value,
        Action: 'Poll',
        PersistentLogin: field('persistent').value === 'true',
        RememberDevice: field('remember')?.checked === true,
      },
      'same-origin',
    ).catch(() => null);
    if (result === null || result.Summary === 'OobPending') continue;
    if (result.Summary === 'LoginSuccess') location.replace(form.dataset.next);
    else post('session', sessionId);
    return;
  }
}

/** The answer of a passkey as text for the form. */
async function askKey(options, useBrowserAutofill) {
  await import(form.dataset.passkeys);
  const answered = await globalThis.SimpleWebAuthnBrowser.startAuthentication({
    optionsJSON: options,
    useBrowserAutofill,
  });
  return JSON.stringify(answered);
}

/** Has the browser offer the passkeys it knows beside the user name. */
async function offerKeys() {
  if (!(await globalThis.PublicKeyCredential?.isConditionalMediationAvailable?.())) return;
  const body = new URLSearchParams({
    form_token: field('form_token').value,
    cloudRedirect: field('cloudRedirect').value,
  });
  const response = await fetch('/login/passkey', { method: 'POST', body });
  if (response.status !== 200) return;
  const { options, transaction } = await response.json();
  field('username').autocomplete = 'username webauthn';
  const answer = await askKey(options, true);
  for (const [name, value] of Object.entries({ transaction, action: 'passkey', answer }))
    form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
  field('password').value = '';
  form.submit();
}

async function takeKey(event) {
  if (event.submitter?.id !== 'signin' || field('answer').value !== '') return;
  event.preventDefault();
  try {
    field('answer').value = await askKey(JSON.parse(document.querySelector('#key').dataset.options), false);
    form.submit();
  } catch {
    tell(form.dataset.noKey, true);
  }
}

/** A pasted code loses its spaces and hyphens, and digits of full width become plain ones. */
function takeCode({ target }) {
  const digits = target.value.normalize('NFKC').replace(/[\s-]/g, '');
  if (digits !== target.value && /^\d*$/.test(digits)) target.value = digits;
}

/** A password typed with caps lock on is wrong, and nothing of it can be seen. */
function watchCapsLock(event) {
  const isOn = event.getModifierState?.('CapsLock') === true;
  if (isOn) tell(form.dataset.capsLock, false);
  else if (say.textContent === form.dataset.capsLock) tell(say.dataset.otherwise, false);
}

/** Lets a new password be read while it is typed; it is sent masked, so that the browser offers to keep it. */
function offerToShow(choice) {
  const answer = field('answer');
  choice.hidden = false;
  choice.addEventListener('change', ({ target }) => {
    answer.type = target.checked ? 'text' : 'password';
  });
  form.addEventListener('submit', () => {
    answer.type = 'password';
  });
}

if (field('password')) {
  form.addEventListener('submit', takeFirstStep);
  for (const type of ['keydown', 'keyup']) field('password').addEventListener(type, watchCapsLock);
  offerKeys().catch(() => undefined);
}
if (document.querySelector('#waiting')) wait();
if (document.querySelector('#key')) form.addEventListener('submit', takeKey);
document.querySelector('input.code')?.addEventListener('input', takeCode);
const reveal = document.querySelector('#reveal');
if (reveal) offerToShow(reveal);
