/** Whether a host name, as it stands in a URL, means this machine. @see RFC 8252 section 7.3 */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
