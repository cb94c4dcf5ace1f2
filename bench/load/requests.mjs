/** Requests as text; flows make theirs once where they can, so that the load takes little of what it measures. */

/** Hosts of targets by their URL: parsing one takes as long as an answer of a ready document. */
const hosts = new Map();

function hostOf({ url }) {
  const known = hosts.get(url) ?? new URL(url).host;
  hosts.set(url, known);
  return known;
}

/** Credentials in the header. @see RFC 6749 section 2.3.1 */
function basic({ id, secret }) {
  return `authorization: Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}\r\n`;
}

export function get(target, path, headers = '') {
  return `GET ${path} HTTP/1.1\r\nhost: ${hostOf(target)}\r\n${headers}\r\n`;
}

export function post(target, path, body, headers) {
  return `POST ${path} HTTP/1.1\r\nhost: ${hostOf(target)}\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;
}

/** A form posted by an authenticated client. */
export function form(target, path, client, fields) {
  const headers = `${basic(client)}content-type: application/x-www-form-urlencoded\r\n`;
  return post(target, path, new URLSearchParams(fields).toString(), headers);
}

export function json(target, path, value) {
  const headers = 'content-type: application/json\r\nx-centrify-native-client: 1\r\n';
  return post(target, path, JSON.stringify(value), headers);
}
