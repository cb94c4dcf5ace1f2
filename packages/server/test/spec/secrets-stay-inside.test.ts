import { expect, test } from 'vitest';
import { ADA, type Answer, basic, createWorld, redirectOf, SVC, VERIFIER } from './support/world.js';

test('C10, rule 14: no code, token, secret or password reaches a log line or the audit log', async () => {
  const lines: string[] = [];
  const world = await createWorld({ log: (line) => lines.push(line) });
  try {
    const { cookie, handle } = await world.signIn(ADA);
    const sent = { client_id: SVC.loginName, client_secret: SVC.password };
    const code = redirectOf(await world.authorize(sent, { cookie })).parameters.get('code') ?? '';
    const answer = (await (await world.redeem(code, sent)).json()) as Answer;
    await world.redeem(code, sent);
    const fields = { grant_type: 'refresh_token', refresh_token: answer.refresh_token };
    await world.token(fields, basic());
    await world.token({ grant_type: 'client_credentials' }, basic({ ...SVC, password: 'a wrong secret' }));
    await world.introspect(answer.access_token);
    await world.fetch(
      `/oauth2/authorize/MyApp?client_secret=${encodeURIComponent(SVC.password)}&code=${code}`,
    );
    expect(await world.whoami(answer.access_token)).toBe(401);

    const { read } = world.core.store;
    const { items } = await read.events.page(world.tenant.id, { limit: 100 });
    const kept = `${lines.join('\n')}\n${JSON.stringify(items)}`;
    expect(kept).toContain('invalid_grant');
    const secrets = [code, answer.access_token, answer.refresh_token, handle, VERIFIER];
    const passwords = [SVC.password, encodeURIComponent(SVC.password), ADA.password, 'a wrong secret'];
    for (const secret of [...secrets, ...passwords]) expect(kept.includes(secret)).toBe(false);
    expect(kept).not.toContain(cookie.slice('.ASPXAUTH='.length));
  } finally {
    await world.close();
  }
});
