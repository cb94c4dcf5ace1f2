/** Who acts in a user's name, and before whom. @see RFC 8693 section 4.1 */
export interface ActClaim {
  /** User id of the actor. */
  readonly sub: string;
  readonly client_id: string;
  /** Who acted before. */
  readonly act?: ActClaim;
}

/** The claim as a token of ours holds it; null for none. */
export function readAct(value: unknown): ActClaim | null {
  if (typeof value !== 'object' || value === null || !('sub' in value) || !('client_id' in value))
    return null;
  const { sub, client_id } = value;
  if (typeof sub !== 'string' || typeof client_id !== 'string') return null;
  const before = 'act' in value ? readAct(value.act) : null;
  return { sub, client_id, ...(before ? { act: before } : {}) };
}

/** How many act in the chain. */
export function actDepth({ act }: ActClaim): number {
  return act ? 1 + actDepth(act) : 1;
}
