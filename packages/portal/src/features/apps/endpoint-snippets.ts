/** Ready commands and code for every endpoint of an app; those of the token endpoint stand in `snippets.ts`. */
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type EndpointName,
  redirectOf,
  type SnippetKind,
  type SnippetSource,
  scopeOf,
  snippet,
} from './snippets.js';

export type SnippetTarget = EndpointName | 'metadata';
type Written = Record<SnippetKind, string | null>;

/** Null where there is no such way: the command line does not introspect and revoke. */
export function endpointSnippet(
  kind: SnippetKind,
  target: SnippetTarget,
  source: SnippetSource,
): string | null {
  return target === 'token' ? snippet(kind, source) : WRITERS[target](source)[kind];
}

const WRITERS: Record<Exclude<SnippetTarget, 'token'>, (source: SnippetSource) => Written> = {
  authorize,
  userinfo: (source) => ({
    curl: curl(source, 'userinfo', "-H 'authorization: Bearer ACCESS_TOKEN'"),
    sallyport: calling(source, `/oauth2/userinfo/${source.app.applicationId}`),
    typescript: lines(
      ['discover'],
      source,
      '// The token needs the scope openid.',
      "const headers = { authorization: 'Bearer ' + accessToken };",
      'const user = await (await fetch(server.userinfo_endpoint, { headers })).json();',
    ),
  }),
  introspect: (source) => ({
    curl: asClient(source, 'introspect'),
    sallyport: null,
    typescript: lines(
      ['discover', 'introspect'],
      source,
      CLIENT,
      'const { active, scope } = await introspect(server, client, accessToken);',
    ),
  }),
  revoke: (source) => ({
    curl: asClient(source, 'revoke'),
    sallyport: null,
    typescript: lines(['discover', 'revoke'], source, CLIENT, 'await revoke(server, client, refreshToken);'),
  }),
  keys: (source) => ({
    curl: curl(source, 'keys'),
    sallyport: calling(source, `/oauth2/keys/${source.app.applicationId}`),
    typescript: lines(['discover'], source, 'const { keys } = await (await fetch(server.jwks_uri)).json();'),
  }),
  metadata: (source) => ({
    curl: `curl '${source.origin}${metadataPath(source)}'`,
    sallyport: calling(source, metadataPath(source)),
    typescript: lines(['discover'], source),
  }),
};

const CLIENT = `const client = { clientId: '${CLIENT_ID}', clientSecret: process.env.CLIENT_SECRET };`;

function authorize(source: SnippetSource): Written {
  const scope = scopeOf(source.app);
  const fields = [
    'response_type=code',
    `client_id=${CLIENT_ID}`,
    `redirect_uri=${redirectOf(source)}`,
    ...(scope ? [`scope=${scope}`] : []),
    'state=STATE',
    'code_challenge=CHALLENGE',
    'code_challenge_method=S256',
  ].map((field) => `--data-urlencode '${field}'`);
  const request = `{ redirectUri: '${redirectOf(source)}', scope: '${scope}' }`;
  return {
    // Prints where the browser is sent.
    curl: curl(source, 'authorize', "-G -s -o /dev/null -w '%{redirect_url}\\n'", ...fields),
    sallyport: command(
      'token code',
      source,
      `--clientid ${CLIENT_ID}`,
      ...(scope ? [`--scope '${scope}'`] : []),
    ),
    typescript: lines(
      ['discover', 'startAuthorization'],
      source,
      `const client = { clientId: '${CLIENT_ID}' };`,
      `const pending = await startAuthorization(server, client, ${request});`,
      '// Send the browser to pending.url, and keep pending for its return.',
    ),
  };
}

function curl({ origin, app }: SnippetSource, endpoint: EndpointName, ...options: string[]): string {
  return [`curl '${origin}/oauth2/${endpoint}/${app.applicationId}'`, ...options].join(' \\\n  ');
}

function asClient(source: SnippetSource, endpoint: EndpointName): string {
  const credentials = `-u '${CLIENT_ID}:${CLIENT_SECRET}'`;
  return curl(source, endpoint, credentials, "--data-urlencode 'token=TOKEN'");
}

function command(words: string, { origin, app }: SnippetSource, ...options: string[]): string {
  const all = [`--endpoint ${origin}`, `--appid ${app.applicationId}`, ...options];
  return [`sallyport ${words}`, ...all].join(' \\\n  ');
}

/** With the token that the command line was given last. */
function calling({ origin }: SnippetSource, path: string): string {
  return `sallyport call 'GET ${path}' --endpoint ${origin}`;
}

function metadataPath({ app }: SnippetSource): string {
  return `/${app.applicationId}/.well-known/openid-configuration`;
}

function lines(names: string[], { origin, app }: SnippetSource, ...rest: string[]): string {
  return [
    `import { ${names.join(', ')} } from '@sallyport/client';`,
    '',
    `const server = await discover('${origin}', '${app.applicationId}');`,
    ...rest,
  ].join('\n');
}
