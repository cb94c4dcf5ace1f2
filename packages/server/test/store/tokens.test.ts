import { describe, expect, it } from 'vitest';
import { StoreUnavailable, UniqueViolation } from '../../src/core/ports.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { NOW, recordsOf, useStore } from './records.js';

const made = recordsOf('t1');
const DAY = 86_400_000;

describeOnEveryDatabase('what a client is given', (database) => {
  const context = useStore(database);
  const read = () => context.opened.store.read;
  const write: typeof context.opened.store.write = (job) => context.opened.store.write(job);

  describe('authorization codes', () => {
    it('come back as they were written, with the instant of their one redemption (RFC 6749 section 4.1.2)', async () => {
      const code = made.code({ nonce: 'n', codeChallenge: null });
      await write((tx) => tx.codes.insert(code));
      expect(await read().codes.find(code.codeHash)).toEqual({ ...code, hasSession: false });
      expect(await write((tx) => tx.codes.redeem(code.codeHash, NOW + 1))).toBe(true);
      expect(await write((tx) => tx.codes.redeem(code.codeHash, NOW + 2))).toBe(false);
      expect(await read().codes.find(code.codeHash)).toEqual({
        ...code,
        redeemedAt: NOW + 1,
        hasSession: false,
      });
      expect(await write((tx) => tx.codes.redeem('unknown', NOW))).toBe(false);
    });

    it('of a user who has just gone are refused as bad timing, not as a fault', async () => {
      const code = made.code({ codeHash: 'orphan', userId: 'nobody' });
      await expect(write((tx) => tx.codes.insert(code))).rejects.toBeInstanceOf(StoreUnavailable);
    });

    it('say whether the session they came of is still there', async () => {
      const session = made.session({ id: 'of-code', cookieHash: 'of-code-c', handleHash: 'of-code-h' });
      const code = made.code({ codeHash: 'with-session', sessionId: session.id });
      await write(async (tx) => {
        await tx.sessions.insert(session);
        await tx.codes.insert(code);
      });
      expect(await read().codes.find(code.codeHash)).toMatchObject({ hasSession: true });
      await write((tx) => tx.sessions.remove('t1', session.id));
      expect(await read().codes.find(code.codeHash)).toMatchObject({ hasSession: false });
    });
  });

  describe('grants', () => {
    it('come back as they were written, newest first for a user', async () => {
      const older = made.grant({ id: 'g1' });
      const newer = made.grant({ id: 'g2', createdAt: NOW + 1, sessionId: null });
      await write((tx) => tx.grants.insert(older));
      await write((tx) => tx.grants.insert(newer));
      expect(await read().grants.find('t1', 'g1')).toEqual(older);
      expect(await read().grants.ofUser('t1', 'ada')).toEqual([newer, older]);
      await expect(write((tx) => tx.grants.insert(older))).rejects.toBeInstanceOf(UniqueViolation);
    });

    it('are revoked once, with all their tokens', async () => {
      await write(async (tx) => {
        await tx.grants.insert(made.grant({ id: 'g3' }));
        await tx.refreshTokens.insert(made.refreshToken({ tokenHash: 'g3-r', grantId: 'g3' }));
        await tx.accessTokens.insert(made.accessToken({ tokenHash: 'g3-a', grantId: 'g3' }));
      });
      expect(await write((tx) => tx.grants.revoke('t1', 'g3', NOW + 1))).toBe(true);
      expect(await write((tx) => tx.grants.revoke('t1', 'g3', NOW + 2))).toBe(false);
      expect(await read().grants.find('t1', 'g3')).toMatchObject({ revokedAt: NOW + 1 });
      expect(await read().refreshTokens.find('g3-r')).toBeNull();
      expect(await read().accessTokens.find('g3-a')).toMatchObject({ revokedAt: NOW + 1 });
      expect(await write((tx) => tx.refreshTokens.replace('g3-r', NOW))).toBe(false);
    });

    it('revoked before they came to be never live, nor do their tokens', async () => {
      expect(await write((tx) => tx.grants.revoke('t1', 'early', NOW + 1))).toBe(true);
      expect(await write((tx) => tx.grants.revoke('t1', 'early', NOW + 2))).toBe(false);
      expect(await read().grants.find('t1', 'early')).toBeNull();
      await write(async (tx) => {
        await tx.grants.insert(made.grant({ id: 'early' }));
        await tx.refreshTokens.insert(made.refreshToken({ tokenHash: 'early-r', grantId: 'early' }));
        await tx.accessTokens.insert(made.accessToken({ tokenHash: 'early-a', grantId: 'early' }));
      });
      expect(await read().grants.find('t1', 'early')).toEqual(
        made.grant({ id: 'early', revokedAt: NOW + 1 }),
      );
      expect(await read().refreshTokens.find('early-r')).toBeNull();
      expect(await read().accessTokens.find('early-a')).toMatchObject({ revokedAt: NOW + 1 });
    });

    it('of a session are those alive and without offline_access', async () => {
      const session = made.session({ id: 'of-session', createdAt: NOW });
      const of = { sessionId: session.id };
      await write(async (tx) => {
        await tx.grants.insert(made.grant({ id: 's1', ...of }));
        await tx.grants.insert(made.grant({ id: 's2', ...of, scope: 'openid offline_access' }));
        await tx.grants.insert(made.grant({ id: 's3', ...of, scope: 'offline_access_not' }));
        await tx.grants.insert(made.grant({ id: 's4', ...of, revokedAt: NOW }));
        await tx.grants.insert(made.grant({ id: 's5', sessionId: 'other' }));
        // Made on a machine whose clock is behind.
        await tx.grants.insert(made.grant({ id: 's6', ...of, createdAt: NOW - 60_000 }));
      });
      const early = { ...session, createdAt: NOW + 9 * DAY };
      const long = { ...session, createdAt: NOW - 9 * DAY };
      for (const [each, now] of [
        [session, NOW],
        [early, NOW],
        [long, NOW + 9 * DAY],
      ] as const)
        expect(await write((tx) => tx.grants.ofSession(each, now))).toEqual(['s1', 's3', 's6']);
      expect(await write((tx) => tx.grants.detach(session, NOW))).toHaveLength(4);
      expect(await write((tx) => tx.grants.ofSession(session, NOW))).toEqual([]);
      expect(await read().grants.find('t1', 's2')).toMatchObject({ sessionId: null });
      expect(await read().grants.find('t1', 's5')).toMatchObject({ sessionId: 'other' });
    });
  });

  describe('refresh tokens', () => {
    it('are read with their grant and replaced once', async () => {
      const token = made.refreshToken({ tokenHash: 'r1', grantId: 'fam' });
      const grant = made.grant({ id: 'fam', createdAt: NOW - 7, expiresAt: NOW + 7, claims: '{}' });
      await write(async (tx) => {
        await tx.grants.insert(grant);
        await tx.refreshTokens.insert(token);
      });
      expect(await read().refreshTokens.find('r1')).toEqual({ ...token, grant });
      expect(await write((tx) => tx.refreshTokens.replace('r1', NOW + 1))).toBe(true);
      expect(await write((tx) => tx.refreshTokens.replace('r1', NOW + 2))).toBe(false);
      expect(await read().refreshTokens.find('r1')).toEqual({ ...token, replacedAt: NOW + 1, grant });
    });

    it('are revoked once', async () => {
      await write(async (tx) => {
        await tx.grants.insert(made.grant({ id: 'one' }));
        await tx.refreshTokens.insert(made.refreshToken({ tokenHash: 'r9', grantId: 'one' }));
      });
      expect(await write((tx) => tx.refreshTokens.revoke('r9'))).toBe(true);
      expect(await write((tx) => tx.refreshTokens.revoke('r9'))).toBe(false);
      expect(await read().refreshTokens.find('r9')).toBeNull();
    });
  });

  describe('opaque access tokens', () => {
    it('come back as they were written, with or without a grant, and are revoked once', async () => {
      const token = made.accessToken({ tokenHash: 'a1', grantId: null });
      await write((tx) => tx.accessTokens.insert(token));
      expect(await read().accessTokens.find('a1')).toEqual(token);
      expect(await write((tx) => tx.accessTokens.revoke('a1', NOW + 1))).toBe(true);
      expect(await write((tx) => tx.accessTokens.revoke('a1', NOW + 2))).toBe(false);
      expect(await read().accessTokens.find('a1')).toEqual({ ...token, revokedAt: NOW + 1 });
    });
  });

  describe('consents', () => {
    it('are replaced, listed and taken back once', async () => {
      const consent = made.consent();
      await write((tx) => tx.consents.upsert(consent));
      const wider = made.consent({ scope: 'openid email', grantedAt: NOW + 1 });
      await write((tx) => tx.consents.upsert(wider));
      expect(await read().consents.find('t1', 'ada', 'app', 'client')).toEqual(wider);
      expect(await read().consents.ofUser('t1', 'ada')).toEqual([wider]);
      expect(await write((tx) => tx.consents.remove('t1', 'ada', 'app', 'client'))).toBe(true);
      expect(await write((tx) => tx.consents.remove('t1', 'ada', 'app', 'client'))).toBe(false);
    });
  });
});
