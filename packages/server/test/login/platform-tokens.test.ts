/** `PlatformTokenResponse`: a JWT for the session itself, and its renewal by cookies. protocol 3.3 and 5.2 */
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestClock } from '../support/clock.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import type { TestServer } from '../support/server.js';
import { ADA, answer, BOB, call, codeAt, mechanism, serverWithPeople, whoami } from './dance.js';

describeOnEveryDatabase('platform tokens', (database) => {
  const clock = createTestClock();
  let server: TestServer;

  beforeAll(async () => {
    server = await serverWithPeople(database, { clock });
  });
  afterAll(() => server.close());

  async function signIn(user: { loginName: string; password: string }, asked: unknown) {
    const body = { User: user.loginName, Version: '1.0', PlatformTokenResponse: asked };
    const { SessionId, Challenges } = (await call(server, '/Security/StartAuthentication', body)).envelope
      .Result;
    const first = await answer(server, SessionId, mechanism(Challenges, 'UP'), user.password);
    if (Challenges.length === 1) return first.envelope.Result;
    clock.advance(30_000);
    const id = mechanism(first.envelope.Result.Challenges, 'OATH');
    return (await answer(server, SessionId, id, codeAt(clock.now()))).envelope.Result;
  }
  const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });
  const renew = (cookie: string) => call(server, '/OAuth2/RefreshPlatformToken', {}, { cookie });

  test('come when the start asked for them, also after a second factor, and are good as a bearer', async () => {
    for (const user of [ADA, BOB]) {
      const result = await signIn(user, 'true');
      const { Token, RefreshToken, TokenLifetime } = result;
      expect(TokenLifetime).toBe(18_000);
      expect(String(RefreshToken)).toMatch(/^[\w.-]{20,}$/);
      expect(await whoami(server, bearer(Token))).toBe(user.loginName);
      const claims = decodeJwt(String(Token));
      expect(claims).toMatchObject({ sub: result.UserId, tenant_id: server.tenant.code });
      expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(18_000);
      expect(decodeProtectedHeader(String(Token)).typ).toBe('session+jwt');
      expect(JSON.stringify(claims)).not.toContain(result.Auth);
    }
    expect(await signIn(ADA, false)).not.toHaveProperty('Token');
  });

  test('end with their session, its raise and their own time; a changed one is none', async () => {
    const { Token } = await signIn(ADA, true);
    const tampered = `${String(Token).slice(0, -3)}AAA`;
    expect(await whoami(server, bearer(tampered))).toBeNull();
    await call(server, '/security/logout', {}, bearer(Token));
    expect(await whoami(server, bearer(Token))).toBeNull();
    const { Token: old, RefreshToken } = await signIn(ADA, true);
    clock.advance(18_000_001);
    expect(await whoami(server, bearer(old))).toBeNull();
    const { code } = server.tenant;
    const renewed = await renew(`refreshToken-${code}=${String(RefreshToken)}`);
    const { Token: next } = renewed.envelope.Result;
    expect(await whoami(server, bearer(next))).toBe(ADA.loginName);
    const set = renewed.response.headers.getSetCookie();
    for (const name of [`idToken-${code}`, `refreshToken-${code}`])
      expect(set.find((line) => line.startsWith(`${name}=`))).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  test('are renewed by nothing but a refresh token of a session that lives, and from no other site', async () => {
    const { RefreshToken, Token, Auth } = await signIn(ADA, true);
    const { code } = server.tenant;
    const cookie = `refreshToken-${code}=${String(RefreshToken)}`;
    for (const bad of [
      '',
      `refreshToken-${code}=x`,
      `refreshToken-${code}=${Auth}`,
      `idToken-${code}=${Token}`,
    ])
      expect((await renew(bad)).response.status).toBe(401);
    const foreign = await server.fetch('/OAuth2/RefreshPlatformToken', {
      method: 'POST',
      headers: { cookie, origin: 'https://evil.test' },
    });
    expect(foreign.status).toBe(403);
    await call(server, '/security/logout', {}, bearer(Token));
    expect((await renew(cookie)).response.status).toBe(401);
  });
});
