/**
 * Every text that somebody writes and others are shown, with script in it. A page shows the text escaped and never as
 * it was written; an answer of the API holds it, says that it is JSON, and forbids a browser to think otherwise.
 */
import {
  type Attack,
  type AttackRequest,
  admin,
  authorize,
  type Expected,
  REDIRECTS,
  register,
  rows,
  rpc,
} from '../table.js';

const SOURCE = 'ASVS 1.2.1, D04';
const SCRIPTS = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  '</title><svg onload=alert(1)>',
];
/** For texts that take neither white space nor a quote. */
const COMPACT = ['<svg/onload=alert(1)>'];
/** Ends an attribute, where a text is an address. */
const LINKS = ['https://rp.test/"><script>alert(1)</script>', 'https://rp.test/"onerror="alert(1)'];

/** How a text is written down and then shown. */
type Showing = (text: string) => AttackRequest;

const declare = (declaration: object): AttackRequest => admin('PUT /declaration', declaration);
const app = (changes: object): AttackRequest => declare({ apps: [{ applicationId: 'Stored', ...changes }] });
const join = (metadata: object): AttackRequest => ({
  ...register({ ...REDIRECTS, ...metadata }, '{invitation}', 'Told'),
  keep: 'client_id',
});
const scope = (definition: object): object => ({
  scope: { userMustConfirm: true, definitions: [{ name: 'all', restRegex: ['.*'], ...definition }] },
});
const PLAIN = { name: 'Stored', generalUsage: { redirects: ['https://rp.test/cb'] }, ...scope({}) };

/** The consent page of `Stored`, once `changes` are made to it, for a client of the name `client_id`. */
const consent = (changes: object, asked: Record<string, string> = {}): AttackRequest => ({
  ...authorize(asked, '', 'Stored'),
  given: [app({ ...PLAIN, ...changes })],
});
const consentOf = (metadata: object): AttackRequest => ({
  ...authorize({ client_id: '{client_id}', prompt: 'consent' }, '', 'Told'),
  given: [join(metadata)],
});

const ON_PAGES: Record<string, Showing> = {
  'app.name': (name) => consent({ name }),
  'app.scope.description': (description) => consent(scope({ description })),
  'client.displayName': (displayName) => {
    const page = consent({}, { client_id: 'caller@acme.test' });
    const caller = {
      loginName: 'caller@acme.test',
      email: 'caller@acme.test',
      displayName,
      confidentialClient: true,
    };
    return { ...page, given: [...(page.given ?? []), declare({ users: [caller] })] };
  },
  'client.id': (client_id) => consent({}, { client_id }),
  'registered.client_name': (client_name) => consentOf({ client_name }),
  'tenant.name': (name) => ({
    line: 'GET /login',
    headers: { accept: 'text/html' },
    given: [declare({ tenant: { name } })],
  }),
};
const ON_PAGES_COMPACT: Record<string, Showing> = {
  'app.scope.name': (name) => consent(scope({ name }), { scope: name }),
  'app.scope.restRegex': (pattern) => consent(scope({ restRegex: [pattern] })),
};
const ON_PAGES_AS_LINKS: Record<string, Showing> = Object.fromEntries(
  ['logo_uri', 'client_uri', 'policy_uri', 'tos_uri'].map((name) => [
    `registered.${name}`,
    (url) => consentOf({ [name]: url }),
  ]),
);

const read = (line: string, ...given: AttackRequest[]): AttackRequest => ({ ...admin(line), given });
const user = (changes: object): AttackRequest => admin('PATCH /users/keeper@acme.test', changes);
const shownUser = (changes: object): AttackRequest => read('GET /users/keeper@acme.test', user(changes));
const claims = (claim: object): AttackRequest =>
  read(
    'GET /apps/StoredApi',
    declare({
      apps: [
        {
          ...{ applicationId: 'StoredApi', name: 'Stored API', template: 'OAuth2Server' },
          tokens: { claims: [{ name: 'told', from: 'constant', value: 'x', ...claim }] },
        },
      ],
    }),
  );
const questions = (question: string): AttackRequest => ({
  ...admin('POST /me/factors/questions', {
    password: '{adaPassword}',
    questions: [question, 'The second question?', 'The third question?'].map((asked) => ({
      question: asked,
      answer: 'an answer',
    })),
  }),
  headers: { authorization: 'Bearer {keeper}' },
});
const signIn = (of: object, headers: Record<string, string> = {}): AttackRequest => {
  const answer = { Action: 'Answer', Answer: '{adaPassword}' };
  return rpc('/security/advanceauthentication', { ...of, ...answer }, headers);
};
const ADA = { SessionId: '{loginId}', MechanismId: '{mechanism}' };
const KEEPER = { SessionId: '{keeperLoginId}', MechanismId: '{keeperMechanism}' };

const PROFILE_TEXTS = [
  ...['givenName', 'familyName', 'middleName', 'nickname'],
  ...['gender', 'zoneinfo', 'phoneNumber', 'officeNumber', 'homeNumber', 'department', 'reportsTo'],
];
const ADDRESS_TEXTS = ['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country'];

const IN_ANSWERS: Record<string, Showing> = {
  'app.name': (name) => read('GET /apps/Stored', app({ name })),
  'app.description': (description) => read('GET /apps/Stored', app({ description })),
  'app.category': (category) => read('GET /apps/Stored', app({ category })),
  'app.allowedClients': (id) => read('GET /apps/Stored', app({ generalUsage: { allowedClients: [id] } })),
  'app.scope.description': (description) => read('GET /apps/Stored', app(scope({ description }))),
  'app.claim.value': (value) => claims({ value }),
  'tenant.name': (name) => read('GET /tenant', declare({ tenant: { name } })),
  'role.name': (name) => read('GET /roles?limit=200', declare({ roles: [{ name }] })),
  'role.description': (description) =>
    read('GET /roles?limit=200', declare({ roles: [{ name: 'Stored', description }] })),
  'user.displayName': (displayName) => shownUser({ displayName }),
  'user.description': (description) => shownUser({ description }),
  'whoami.displayName': (displayName) => ({
    ...rpc('/security/whoami', {}, { authorization: 'Bearer {keeper}' }),
    given: [user({ displayName })],
  }),
  ...Object.fromEntries(
    PROFILE_TEXTS.map((name) => [
      `user.profile.${name}`,
      (text: string) => shownUser({ profile: { [name]: text } }),
    ]),
  ),
  ...Object.fromEntries(
    ADDRESS_TEXTS.map((name) => [
      `user.profile.address.${name}`,
      (text: string) => shownUser({ profile: { address: { [name]: text } } }),
    ]),
  ),
  'session.userAgent': (agent) => read('GET /users/{ada}/sessions', signIn(ADA, { 'user-agent': agent })),
  'registrationToken.name': (name) =>
    read(
      'GET /apps/Told/registration-tokens',
      admin('POST /apps/Told/registration-tokens', { name, lifetime: '1h' }),
    ),
  'registered.client_name': (client_name) =>
    read('GET /apps/Told/clients?limit=200&search={client_id}', join({ client_name })),
  'authentication.profile': (name) =>
    read('GET /authentication', declare({ authentication: { profiles: [{ name, challenges: [['UP']] }] } })),
  'recording.subject': (subject) =>
    read(
      'GET /traffic/recordings',
      admin('POST /traffic/recordings', { kind: 'client', subject, duration: '1m', keepFor: '1m' }),
    ),
  'change log': (description) => read('GET /changes?limit=5', app({ description })),
  'factor.question': (question) => ({ ...signIn(KEEPER), given: [questions(question)] }),
};
const IN_ANSWERS_COMPACT: Record<string, Showing> = {
  'user.loginName': (name) => {
    const loginName = `${name}@acme.test`;
    const made = declare({ users: [{ loginName, email: 'compact@acme.test', displayName: 'Compact' }] });
    return read('GET /users?limit=200&search=compact', made);
  },
  'app.claim.name': (name) => claims({ name }),
  'app.scope.name': (name) => read('GET /apps/Stored', app(scope({ name }))),
};
const IN_ANSWERS_AS_LINKS: Record<string, Showing> = {
  'user.profile.profile': (url) => shownUser({ profile: { profile: url } }),
  'user.profile.picture': (url) => shownUser({ profile: { picture: url } }),
  'user.profile.website': (url) => shownUser({ profile: { website: url } }),
  'app.redirects': (url) => read('GET /apps/Stored', app({ generalUsage: { redirects: [url] } })),
};

/** A row for each text in each place; `of` is what must come of it. */
function shown(
  place: string,
  showings: Record<string, Showing>,
  texts: readonly string[],
  of: (text: string) => Expected,
): Attack[] {
  return Object.entries(showings).flatMap(([field, showing]) =>
    texts.map((text, at): Attack => [`script ${place} ${field}.${at + 1}`, showing(text), of(text), SOURCE]),
  );
}

const escaped = (text: string): Expected => ({ escaped: text });
const json = (text: string): Expected => ({ json: text });

/** Where markup is no text of the kind at all. */
const REFUSED = rows('script refused', `${SOURCE}: no such text is taken`, 400, [
  user({ email: '<img src=x onerror=alert(1)>@acme.test' }),
  user({ profile: { birthdate: '<img src=x onerror=alert(1)>' } }),
  user({ profile: { locale: '<img src=x onerror=alert(1)>' } }),
  user({ profile: { website: 'javascript:alert(1)' } }),
  user({ profile: { picture: 'javascript:alert(1)' } }),
  user({ profile: { profile: 'data:text/html,<script>alert(1)</script>' } }),
  declare({ tenant: { loginSuffixes: ['<svg/onload=alert(1)>'] } }),
  declare({ apps: [{ applicationId: '<svg/onload=alert(1)>', name: 'x' }] }),
  app({ generalUsage: { redirects: ['javascript:alert(1)//rp.test/cb'] } }),
  app({ generalUsage: { frontchannelLogoutUri: 'javascript:alert(1)' } }),
  app({ generalUsage: { issuer: 'javascript:alert(1)' } }),
  ...['logo_uri', 'client_uri', 'policy_uri', 'tos_uri', 'initiate_login_uri'].map((name) =>
    register({ ...REDIRECTS, [name]: 'javascript:alert(1)' }),
  ),
]);

export const storedScript: Attack[] = [
  ...shown('page', ON_PAGES, SCRIPTS, escaped),
  ...shown('page', ON_PAGES_COMPACT, COMPACT, escaped),
  ...shown('page', ON_PAGES_AS_LINKS, LINKS, escaped),
  ...shown('api', IN_ANSWERS, SCRIPTS.slice(1, 2), json),
  ...shown('api', IN_ANSWERS_COMPACT, COMPACT, json),
  ...shown('api', IN_ANSWERS_AS_LINKS, LINKS.slice(0, 1), json),
  ...REFUSED,
];
