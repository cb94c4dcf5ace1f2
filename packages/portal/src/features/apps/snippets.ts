/** Ready commands and code for one app, for the clipboard. These are programs, the same in every language. */
import type { AppInput } from '@sallyport/contract';

export interface SnippetSource {
  origin: string;
  app: AppInput;
}

/** Addresses that an app's clients need, in the order in which they need them. */
export const ENDPOINTS = ['authorize', 'token', 'userinfo', 'introspect', 'revoke', 'keys'] as const;
export type EndpointName = (typeof ENDPOINTS)[number];

export const SNIPPET_KINDS = ['curl', 'sallyport', 'typescript'] as const;
export type SnippetKind = (typeof SNIPPET_KINDS)[number];

export const CLIENT_ID = 'CLIENT_ID';
export const CLIENT_SECRET = 'CLIENT_SECRET';

function flowOf({ tokens }: AppInput): 'authCode' | 'clientCreds' | 'resourceOwner' {
  const flows = ['authCode', 'clientCreds', 'resourceOwner'] as const;
  return flows.find((flow) => tokens.authMethods.includes(flow)) ?? 'authCode';
}

/** The scopes that the app hands out by itself, else its first. */
export function scopeOf({ scope }: AppInput): string {
  const chosen = scope.definitions.filter((definition) => definition.default);
  return (chosen.length > 0 ? chosen : scope.definitions.slice(0, 1)).map(({ name }) => name).join(' ');
}

/** A redirect of the app, else the page that shows what came back. */
export function redirectOf({ app, origin }: SnippetSource): string {
  return app.generalUsage.redirects[0] ?? `${origin}/sysinfo/dummy`;
}

const WRITERS: Record<SnippetKind, (source: SnippetSource) => string> = { curl, sallyport, typescript };

/** How a client of `app` gets a token, by its first Auth Method. */
export function snippet(kind: SnippetKind, source: SnippetSource): string {
  return WRITERS[kind](source);
}

function curl(source: SnippetSource): string {
  const { app, origin } = source;
  const scope = scopeOf(app);
  const fields = {
    authCode: [
      'grant_type=authorization_code',
      'code=CODE',
      `redirect_uri=${redirectOf(source)}`,
      'code_verifier=VERIFIER',
    ],
    clientCreds: ['grant_type=client_credentials', `scope=${scope}`],
    resourceOwner: ['grant_type=password', 'username=USER', 'password=PASSWORD', `scope=${scope}`],
  }[flowOf(app)];
  return [
    `curl '${origin}/oauth2/token/${app.applicationId}'`,
    `  -u '${CLIENT_ID}:${CLIENT_SECRET}'`,
    ...fields.map((field) => `  --data-urlencode '${field}'`),
  ].join(' \\\n');
}

function sallyport({ app, origin }: SnippetSource): string {
  const command = { authCode: 'code', clientCreds: 'client', resourceOwner: 'password' }[flowOf(app)];
  return [
    `sallyport token ${command}`,
    `  --endpoint ${origin}`,
    `  --appid ${app.applicationId}`,
    `  --clientid ${CLIENT_ID}`,
    '  --clientsecret -',
    ...(scopeOf(app) ? [`  --scope '${scopeOf(app)}'`] : []),
  ].join(' \\\n');
}

function typescript(source: SnippetSource): string {
  const { app, origin } = source;
  const scope = scopeOf(app);
  const discovery = `const server = await discover('${origin}', '${app.applicationId}');`;
  const client = `const client = { clientId: '${CLIENT_ID}', clientSecret: process.env.CLIENT_SECRET };`;
  const lines = {
    authCode: [
      "import { authorizationCodeGrant, discover, startAuthorization, validateAuthorizationResponse } from '@sallyport/client';",
      '',
      discovery,
      client,
      `const pending = await startAuthorization(server, client, { redirectUri: '${redirectOf(source)}', scope: '${scope}' });`,
      '// Send the browser to pending.url; it comes back to the redirect as `callback`.',
      'const response = validateAuthorizationResponse(server, pending, callback);',
      'const token = await authorizationCodeGrant(server, client, pending, response);',
    ],
    clientCreds: [
      "import { clientCredentialsGrant, discover } from '@sallyport/client';",
      '',
      discovery,
      client,
      `const token = await clientCredentialsGrant(server, client, { scope: '${scope}' });`,
    ],
    resourceOwner: [
      "import { discover, passwordGrant } from '@sallyport/client';",
      '',
      discovery,
      client,
      `const token = await passwordGrant(server, client, { username, password, scope: '${scope}' });`,
    ],
  }[flowOf(app)];
  return lines.join('\n');
}
