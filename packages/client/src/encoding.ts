/** Base64 in the two alphabets that OAuth uses, over UTF-8, with what every runtime has. */

/** @see RFC 4648 section 4 */
export function base64(text: string): string {
  return btoa(binary(new TextEncoder().encode(text)));
}

/** Without padding. @see RFC 4648 section 5, RFC 7636 appendix A */
export function base64url(bytes: Uint8Array): string {
  return btoa(binary(bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The UTF-8 text behind either alphabet, padded or not, or null when it is neither. */
export function decodeBase64(encoded: string): string | null {
  try {
    const bytes = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
    return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
  } catch {
    return null;
  }
}

function binary(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
