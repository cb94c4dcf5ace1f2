import { expect, it } from 'vitest';
import { ADA, describeWorld } from '../spec/support/world.js';

const DAY = 86_400_000;

describeWorld('key rotation on a schedule', (world) => {
  const due = () => world().core.admin.keys.rotateWhenDue(world().tenant, 90 * DAY);
  const kids = async () => {
    const { keys } = (await (await world().fetch('/oauth2/keys/MyApp')).json()) as {
      keys: { kid: string }[];
    };
    return keys.map(({ kid }) => kid);
  };
  const kidOf = (jwt: string) =>
    JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString('utf8')).kid as string;

  it('publishes the next key long before it signs, then signs with it, and drops no valid token', async () => {
    const [first] = await kids();
    await due();
    const published = await kids();
    expect(published).toHaveLength(2);
    const before = await world().tokens((await world().signIn(ADA)).cookie);
    expect(kidOf(before.access_token)).toBe(first);

    world().clock.advance(90 * DAY - 60_000);
    await due();
    const old = await world().tokens((await world().signIn(ADA)).cookie);
    expect(kidOf(old.access_token), 'one minute early').toBe(first);

    world().clock.advance(60_000);
    await Promise.all([due(), due(), due()]);
    const rotated = await world().tokens((await world().signIn(ADA)).cookie);
    expect(published).toContain(kidOf(rotated.access_token));
    expect(kidOf(rotated.access_token)).not.toBe(first);
    expect(await world().whoami(old.access_token), 'signed by the key before').toBe(200);
    expect(await kids(), 'once, and the next is out already').toHaveLength(3);
  });

  it('of each algorithm by itself: a key that was published lately does not sign because another is due', async () => {
    const signer = async () => kidOf((await world().tokens((await world().signIn(ADA)).cookie)).access_token);
    world().clock.advance(45 * DAY);
    await world().configure({ tokens: { type: 'JwtES256' } });
    const es256 = await signer();
    await due();
    world().clock.advance(46 * DAY);
    await due();
    expect(await signer(), '46 days old').toBe(es256);
    world().clock.advance(45 * DAY);
    await due();
    expect(await signer()).not.toBe(es256);
    await world().configure({ tokens: { type: 'JwtRS256' } });
  });

  it('and says so in the change log', async () => {
    const { items } = await world().core.admin.logs.changes(world().tenant, world().operator, {
      limit: 10,
      object: 'keys',
    });
    expect(items.some(({ actor }) => actor === 'local:schedule')).toBe(true);
  });
});
