import { describe, expect, it } from 'vitest';
import { type LoginCallbacks, type LoginOptions, login, type Mechanism } from '../src/index.js';
import { type Reply, type WireServer, wireServer } from './support/wire-server.js';

const UP = { MechanismId: 'm-up', Name: 'UP', AnswerType: 'Text', PromptMechChosen: 'Password' };
const OATH = { MechanismId: 'm-oath', Name: 'OATH', AnswerType: 'Text', PromptMechChosen: 'Code' };
const EMAIL = {
  MechanismId: 'm-mail',
  Name: 'EMAIL',
  AnswerType: 'StartTextOob',
  PartialAddress: 'a***@acme.test',
};
const PHONE = {
  MechanismId: 'm-pf',
  Name: 'PF',
  AnswerType: 'StartOob',
  PromptMechChosen: 'Answer the call',
};
const RESET = { MechanismId: 'm-new', Name: 'RESET', AnswerType: 'Text', PromptMechChosen: 'New password' };

const step = (Summary: string, more: object = {}): Reply => ({
  body: { success: true, Result: { Summary, ...more }, Message: null },
});
const challenges = (...packages: object[][]) => ({
  SessionId: 's1',
  TenantId: 'ABC1234',
  Challenges: packages.map((Mechanisms) => ({ Mechanisms })),
});
const SUCCESS = step('LoginSuccess', { Auth: 'bearer', User: 'ada@acme.test', UserId: 'u1' });
const FAILURE: Reply = {
  body: { success: false, Result: { Summary: 'Failure' }, Message: 'Authentication has failed.' },
};

/** A person with an answer for each mechanism who takes the last one offered. */
function person(answers: Record<string, string>, notes: string[] = []): LoginCallbacks {
  return {
    chooseMechanism: (mechanisms) => mechanisms.at(-1) ?? Promise.reject(new Error('nothing to choose')),
    answer: ({ name }) => answers[name] ?? '',
    notify: (message) => notes.push(message),
  };
}

const signIn = (server: WireServer, callbacks: LoginCallbacks, options: LoginOptions = {}) =>
  login(server.endpoint, { user: 'ada@acme.test' }, callbacks, { pollIntervalSeconds: 0.01, ...options });

const bodies = (server: WireServer): unknown[] => server.received.map(({ body }) => JSON.parse(body));

describe('login', () => {
  it('meets two challenges in order, each by one mechanism, and yields the bearer token', async () => {
    const server = await wireServer(
      step('NewPackage', challenges([UP], [EMAIL, OATH])),
      step('StartNextChallenge'),
      SUCCESS,
    );
    expect(await signIn(server, person({ UP: 'hunter22', OATH: '123456' }))).toEqual({
      endpoint: server.endpoint,
      bearerToken: 'bearer',
      user: 'ada@acme.test',
      userId: 'u1',
    });
    expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /Security/StartAuthentication',
      'POST /Security/AdvanceAuthentication',
      'POST /Security/AdvanceAuthentication',
    ]);
    const session = { TenantId: 'ABC1234', SessionId: 's1', Action: 'Answer' };
    expect(bodies(server)).toEqual([
      { User: 'ada@acme.test', Version: '1.0' },
      { ...session, MechanismId: 'm-up', Answer: 'hunter22' },
      { ...session, MechanismId: 'm-oath', Answer: '123456' },
    ]);
    for (const { headers } of server.received) expect(headers['x-centrify-native-client']).toBe('true');
  });

  it('takes the challenges of StartNextChallenge, when it has any, for what remains', async () => {
    const server = await wireServer(
      step('NewPackage', challenges([UP], [EMAIL])),
      step('StartNextChallenge', challenges([OATH])),
      SUCCESS,
    );
    await signIn(server, person({ UP: 'hunter22', OATH: '123456' }));
    expect(bodies(server).at(-1)).toMatchObject({ MechanismId: 'm-oath', Answer: '123456' });
  });

  it('starts what is met elsewhere, shows its number and polls until it is done', async () => {
    const server = await wireServer(
      step('NewPackage', challenges([PHONE])),
      step('OobPending', { GeneratedAuthValue: 42 }),
      step('OobPending'),
      SUCCESS,
    );
    const notes: string[] = [];
    await signIn(server, person({}, notes));
    expect(notes).toEqual(['42']);
    const session = { TenantId: 'ABC1234', SessionId: 's1', MechanismId: 'm-pf' };
    expect(bodies(server).slice(1)).toEqual([
      { ...session, Action: 'StartOOB' },
      { ...session, Action: 'Poll' },
      { ...session, Action: 'Poll' },
    ]);
  });

  it('sends a typed code of StartTextOob as the answer', async () => {
    const server = await wireServer(step('NewPackage', challenges([EMAIL])), step('OobPending'), SUCCESS);
    await signIn(server, person({ EMAIL: '98765432' }));
    expect(bodies(server).at(-1)).toMatchObject({ Action: 'Answer', Answer: '98765432' });
  });

  it('tells the person at the prompt when the other device was quicker', async () => {
    const server = await wireServer(step('NewPackage', challenges([EMAIL])), step('OobPending'), SUCCESS);
    let told = false;
    await signIn(server, {
      ...person({}),
      answer: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            told = true;
            reject(signal.reason);
          });
        }),
    });
    expect(told).toBe(true);
    expect(bodies(server).at(-1)).toMatchObject({ Action: 'Poll' });
  });

  it('stops waiting for the other device after its time', async () => {
    const server = await wireServer(step('NewPackage', challenges([PHONE])), step('OobPending'));
    const waiting = signIn(server, person({}), { pollTimeoutSeconds: 0.05 });
    await expect(waiting).rejects.toMatchObject({ code: 'timeout' });
  });

  it("stops waiting for the other device at the caller's signal", async () => {
    const server = await wireServer(step('NewPackage', challenges([PHONE])), step('OobPending'));
    const waiting = signIn(server, person({}), { signal: AbortSignal.timeout(60) });
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  });

  it('follows a new package, with its word to the user', async () => {
    const server = await wireServer(
      step('NewPackage', challenges([UP], [OATH])),
      step('NewPackage', { ...challenges([RESET]), SessionId: 's2', ClientMessage: 'Choose a new password' }),
      SUCCESS,
    );
    const notes: string[] = [];
    await signIn(server, person({ UP: 'hunter22', RESET: 'hunter23' }, notes));
    expect(notes).toEqual(['Choose a new password']);
    expect(bodies(server).at(-1)).toMatchObject({
      SessionId: 's2',
      MechanismId: 'm-new',
      Answer: 'hunter23',
    });
  });

  it('takes a new package for all that remains, even an empty one', async () => {
    const server = await wireServer(step('NewPackage', challenges([UP], [OATH])), step('NewPackage'));
    await expect(signIn(server, person({ UP: 'hunter22' }))).rejects.toMatchObject({ code: 'login_failed' });
    expect(server.received).toHaveLength(2);
  });

  it("fails with the server's own words when an answer is wrong, and asks nothing more", async () => {
    const server = await wireServer(step('NewPackage', challenges([UP], [OATH])), FAILURE);
    await expect(signIn(server, person({ UP: 'wrong' }))).rejects.toMatchObject({
      code: 'login_failed',
      message: 'Authentication has failed.',
      summary: 'Failure',
    });
    expect(server.received).toHaveLength(2);
  });

  it('never repeats an answer in an error, even when the server does', async () => {
    const failure = { body: { success: false, Message: 'hunter22 is not the password' } };
    const server = await wireServer(step('NewPackage', challenges([UP])), failure);
    await expect(signIn(server, person({ UP: 'hunter22' }))).rejects.toThrow(/^\*\*\* is not the password$/);
  });

  it.each([
    ['nothing is left to ask', step('NewPackage', challenges())],
    ['the summary is unknown', step('NoncommitalSuccess', challenges([UP]))],
    ['the mechanism is unknown', step('NewPackage', challenges([{ ...UP, AnswerType: 'Telepathy' }]))],
    [
      'the user belongs to another identity provider',
      step('NewPackage', { IdpRedirectUrl: 'https://idp.test' }),
    ],
    ['there is no token', step('LoginSuccess', { User: 'ada@acme.test' })],
  ])('gives up clearly when %s', async (_, reply) => {
    const server = await wireServer(reply);
    await expect(signIn(server, person({ UP: 'x' }))).rejects.toMatchObject({ code: 'login_failed' });
    expect(server.received).toHaveLength(1);
  });

  it.each([
    ['no envelope', { body: '<html>' }],
    ['a challenge without mechanisms', step('NewPackage', challenges([]))],
    ['a mechanism without an id', step('NewPackage', challenges([{ ...UP, MechanismId: null }]))],
  ])('refuses %s', async (_, reply) => {
    const server = await wireServer(reply);
    await expect(signIn(server, person({}))).rejects.toMatchObject({ code: 'unexpected_response' });
  });

  it('starts again, over TLS and once, at the host that serves the user', async () => {
    const asked: string[] = [];
    const elsewhere: typeof fetch = async (url) => {
      asked.push(String(url));
      return Response.json({ success: true, Result: { PodFqdn: 'pod7.example.com:8443' } });
    };
    const moved = login('https://id.example.com', { user: '@acme.test' }, person({}), { fetch: elsewhere });
    await expect(moved).rejects.toMatchObject({ code: 'login_failed' });
    expect(asked).toEqual([
      'https://id.example.com/Security/StartAuthentication',
      'https://pod7.example.com:8443/Security/StartAuthentication',
    ]);
  });

  it('gives every mechanism a label and a prompt, with the masked address', async () => {
    const server = await wireServer(step('NewPackage', challenges([EMAIL, OATH])), SUCCESS);
    const offered: Mechanism[] = [];
    await signIn(server, {
      ...person({ OATH: '1' }),
      chooseMechanism(mechanisms) {
        offered.push(...mechanisms);
        return mechanisms.find(({ name }) => name === 'OATH') ?? Promise.reject(new Error('not offered'));
      },
    });
    expect(offered.map(({ label, prompt }) => [label, prompt])).toEqual([
      ['Email (a***@acme.test)', 'Email (a***@acme.test)'],
      ['Authenticator code', 'Code'],
    ]);
  });

  it('answers several questions with an object by part id', async () => {
    const MultipartMechanism = { MechanismParts: [{ Uuid: 'q1', QuestionText: 'First pet?' }] };
    const questions = { ...UP, MechanismId: 'm-sq', Name: 'SQ', MultipartMechanism };
    const server = await wireServer(step('NewPackage', challenges([questions])), SUCCESS);
    await signIn(server, {
      ...person({}),
      answer: ({ parts }) =>
        Object.fromEntries(parts.map(({ id, question }) => [id, `answer to ${question}`])),
    });
    expect(bodies(server).at(-1)).toMatchObject({ Answer: { q1: 'answer to First pet?' } });
  });
});
