/** Names and secrets that every subject knows. */
export const CONNECTIONS = 32;
export const REDIRECT_URI = 'http://127.0.0.1/callback';
export const CLIENT = { id: 'service@bench.test', secret: 'bench client secret' };
export const PERSON = { loginName: 'ada@bench.test', password: 'correct horse battery staple' };

/** Values of the `set-cookie` headers, as a browser would send them. */
export function cookiesOf(response) {
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .filter((pair) => !pair.endsWith('='));
}

/** One session per virtual user. */
export async function signInAll(signIn) {
  const cookies = [];
  for (let user = 0; user < CONNECTIONS; user++) cookies.push(await signIn());
  return cookies;
}
