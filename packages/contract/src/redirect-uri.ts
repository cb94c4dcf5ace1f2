/**
 * Why `uri` may not stand in an app's redirect list, or null when it may: absolute, no fragment, no userinfo,
 * https, http, or a private-use scheme with a dot.
 * @see RFC 6749 section 3.1.2, RFC 8252 section 7.1
 */
export function redirectUriFault(uri: string): string | null {
  if (uri.length > 2000) return 'longer than 2000 characters';
  if (/[\s\p{Cc}\\*]/u.test(uri)) return 'no white space, backslash, control character or wildcard';
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1];
  if (!scheme || !URL.canParse(uri)) return 'not an absolute URI';
  if (uri.includes('#')) return 'a fragment is not allowed';
  const web = /^https?$/i.test(scheme);
  if (!web && !scheme.includes('.')) return 'scheme must be https, http, or a private-use one with a dot';
  if (web && !/^https?:\/\/[^/]/i.test(uri)) return 'not an absolute URI';
  const url = new URL(uri);
  if (url.username || url.password || /^[^/?]*\/\/[^/?]*@/.test(uri))
    return 'user information is not allowed';
  return null;
}
