import type { RunningApp } from '../app-runtime.js';
import type { Writer } from '../ports.js';

/**
 * Revokes a family: its grant, refresh tokens and opaque access tokens by their rows, its JWTs by one signal that
 * lives as long as any of them. Call `directory.catchUp` after the transaction, so that this node obeys at once.
 */
export async function revokeFamily(
  tx: Writer,
  app: Pick<RunningApp, 'tenantId' | 'lifetimes'>,
  grantId: string,
  now: number,
): Promise<boolean> {
  const expiresAt = now + app.lifetimes.access * 1000;
  const isFirst = await tx.grants.revoke(app.tenantId, grantId, now);
  await tx.signals.append({ tenantId: app.tenantId, kind: 'grant', subject: grantId, expiresAt });
  return isFirst;
}
