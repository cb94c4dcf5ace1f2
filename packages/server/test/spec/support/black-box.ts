/** What tests of unmodified client libraries need around them. */
import { ADA, type World } from './world.js';

/** Follows the authorization URL as a signed-in browser does: the redirect that comes back. */
export async function callback(world: World, url: URL): Promise<URL> {
  const { cookie } = await world.signIn(ADA);
  const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
  return new URL(response.headers.get('location') ?? '');
}

/** A token by which a client registers with the app of the test world. */
export async function initialAccessToken({ core, tenant, operator }: World): Promise<string> {
  const asked = { name: 'partners', lifetime: '1h' } as const;
  return (await core.admin.registrations.createToken(tenant, operator, 'MyApp', asked)).token;
}
