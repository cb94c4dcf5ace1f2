/** Requests as bytes, made once where they can be. */

/** Credentials in the header. @see RFC 6749 section 2.3.1 */
function basic({ id, secret }) {
  return `authorization: Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}\r\n`;
}

export function get(target, path, headers = '') {
  return `GET ${path} HTTP/1.1\r\nhost: ${new URL(target.url).host}\r\n${headers}\r\n`;
}

export function post(target, path, body, headers) {
  const { host } = new URL(target.url);
  return `POST ${path} HTTP/1.1\r\nhost: ${host}\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;
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
