/** `ada@acme.test` as `a*****@acme.test`: enough to know which mailbox, too little to learn an address. */
export function partialAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.charAt(0)}*****${address.slice(at)}`;
}

/** `+4915112345678` as `*****78`. */
export function partialNumber(number: string): string {
  return `*****${number.slice(-2)}`;
}
