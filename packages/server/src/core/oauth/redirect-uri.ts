/** Where an answer may be sent: a redirect on the app's list, compared as a string. Rule 4. */

/** An http loopback IP literal, its port, and the rest. @see RFC 8252 section 7.3 */
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::([1-9]\d{0,4}))?((?:[/?].*)?)$/;

/** Whether `uri` is on the list; of a loopback IP literal the port is the client's to choose. */
export function isRegisteredRedirect(registered: readonly string[], uri: string): boolean {
  if (registered.includes(uri)) return true;
  const portless = withoutPort(uri);
  return portless !== null && registered.some((candidate) => withoutPort(candidate) === portless);
}

function withoutPort(uri: string): string | null {
  const [, origin, port = '80', rest] = LOOPBACK.exec(uri) ?? [];
  return origin === undefined || Number(port) > 65_535 ? null : `${origin}${rest}`;
}

/** The redirect with parameters added to its query; what it holds already stays as it is. */
export function withParameters(uri: string, parameters: Record<string, string | undefined>): string {
  const added = new URLSearchParams(present(parameters));
  return added.size === 0 ? uri : `${uri}${uri.includes('?') ? '&' : '?'}${added}`;
}

/** The redirect with parameters as its fragment; a registered redirect has none of its own. */
export function withFragment(uri: string, parameters: Record<string, string | undefined>): string {
  return `${uri}#${new URLSearchParams(present(parameters))}`;
}

/** The parameters that have a value. */
export function present(parameters: Record<string, string | undefined>): Record<string, string> {
  const having: Record<string, string> = {};
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) having[name] = value;
  return having;
}
