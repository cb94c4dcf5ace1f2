/** Logos of apps: raster pictures alone, never the file that was sent, served so that nothing in them can run. */
import type { App, Change } from '@sallyport/contract';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { ADMIN } from '../support/server.js';
import { describeAdministration, type Faults, PEOPLE } from './support/world.js';

/** Red on the left, see-through on the right. */
function picture(width: number, height: number): PNG {
  const png = new PNG({ width, height });
  for (let at = 0; at < width * height; at++) {
    const isLeft = at % width < width / 2;
    png.data.set(isLeft ? [255, 0, 0, 255] : [0, 0, 255, 0], at * 4);
  }
  return png;
}

const encoded = (width = 300, height = 150) => PNG.sync.write(picture(width, height));
const SECRET_TEXT = 'made by somebody, somewhere';

/** A PNG that also carries a comment, as cameras and editors leave them. */
function withComment(png: Buffer): Buffer {
  const text = Buffer.from(`Comment\0${SECRET_TEXT}`);
  const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from('tEXt'), text, Buffer.alloc(4)]);
  chunk.writeUInt32BE(text.length);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describeAdministration('logos', (world) => {
  let cookie: string | undefined;
  async function send(
    method: string,
    body: Uint8Array<ArrayBuffer> | string | null,
    headers: Record<string, string> = { 'content-type': 'image/png' },
    person: string = ADMIN.user,
  ) {
    if (person === ADMIN.user) cookie ??= await world.cookieOf(ADMIN.user, ADMIN.password);
    const answer = await world.fetch('/api/v1/apps/tool/logo', {
      method,
      body,
      headers: {
        cookie: person === ADMIN.user ? String(cookie) : await world.cookieOf(person),
        'x-centrify-native-client': '1',
        ...headers,
      },
    });
    return { status: answer.status, body: (await answer.json()) as App & Faults & { detail: string } };
  }
  const put = (file: Buffer, type = 'image/png') =>
    send('PUT', new Uint8Array(file), { 'content-type': type });
  const shown = async (logo: string | null) => {
    const answer = await world.fetch(String(logo));
    return { answer, file: Buffer.from(await answer.arrayBuffer()) };
  };

  test('a PNG or JPEG is drawn anew, at most 192 pixels wide and high, without what else the file held', async () => {
    const { status, body } = await put(withComment(encoded()));
    expect(status).toBe(200);
    expect(body.logo).toMatch(/^\/assets\/logos\/[0-9a-f]{32}\.png$/);
    const { answer, file } = await shown(body.logo);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(file.includes(SECRET_TEXT)).toBe(false);
    const png = PNG.sync.read(file);
    expect([png.width, png.height]).toEqual([192, 96]);
    expect([...png.data.subarray(0, 4)]).toEqual([255, 0, 0, 255]);
    expect(png.data[191 * 4 + 3], 'see-through stays so').toBe(0);

    const photo = jpeg.encode({ width: 40, height: 20, data: picture(40, 20).data }, 90).data;
    const second = await put(photo, 'image/jpeg');
    expect(second.body.logo).not.toBe(body.logo);
    const small = PNG.sync.read((await shown(second.body.logo)).file);
    expect([small.width, small.height], 'a small one keeps its size').toEqual([40, 20]);
    expect((await shown(body.logo)).answer.status, 'the former one is shown nowhere').toBe(404);
    expect((await put(photo, 'image/png')).status, 'what it is called does not matter').toBe(200);
  });

  test('anything else is refused with the reason, before it is decoded', async () => {
    const faultOf = async (file: Buffer, type = 'image/png') => {
      const { status, body } = await put(file, type);
      expect(status).toBe(400);
      return body.errors.map(({ field, message }) => `${field}: ${message}`).join();
    };
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
    expect(await faultOf(svg)).toBe('logo: is neither PNG nor JPEG');
    expect(await faultOf(Buffer.from('GIF89a'))).toContain('neither PNG nor JPEG');
    expect(await faultOf(encoded(1025, 10))).toBe('logo: is more than 1024 pixels wide or high');
    const claims = encoded(10, 10);
    claims.writeUInt32BE(60_000, 16);
    expect(await faultOf(claims), 'a bomb is told by its header').toContain('more than 1024');
    const interlaced = encoded(10, 10);
    interlaced.writeUInt8(1, 28);
    expect(await faultOf(interlaced)).toContain('interlaced');
    expect(await faultOf(encoded().subarray(0, 60))).toContain('damaged');
    expect(await faultOf(Buffer.concat([encoded(), Buffer.alloc(513 * 1024)]))).toContain(
      'larger than 512 kB',
    );
    const wide = jpeg.encode({ width: 1200, height: 1000, data: picture(1200, 1000).data }, 10).data;
    expect(await faultOf(wide, 'image/jpeg')).toContain('more than 1024');
    expect((await send('PUT', '{}', { 'content-type': 'application/json' })).status).toBe(415);
    expect((await send('PUT', '<svg/>', { 'content-type': 'image/svg+xml' })).status).toBe(415);
    expect((await put(Buffer.alloc(2 * 1024 * 1024))).status).toBe(413);
    expect((await world.fetch('/assets/logos/..%2f..%2fetc')).status).toBe(400);
    expect((await world.fetch('/assets/logos/nothing.png')).status).toBe(404);
  });

  test('is a change like any other: its right, its version, its line in the log', async () => {
    expect((await send('PUT', new Uint8Array(encoded()), undefined, PEOPLE.readAll)).status).toBe(403);
    const { body: now } = await world.admin<App>('GET', '/apps/tool');
    const stale = { 'content-type': 'image/png', 'if-match': `"${now.version + 7}"` };
    expect((await send('PUT', new Uint8Array(encoded(20, 20)), stale)).status).toBe(412);
    const { body } = await put(encoded(20, 20));
    expect(body.version).toBe(now.version + 1);
    expect((await put(encoded(20, 20))).body.version, 'the same again changes nothing').toBe(body.version);
    const [change] = (await world.changes('apps/tool')) as [Change];
    expect(change).toMatchObject({ actor: ADMIN.user, action: 'update' });
    expect(change.fields.map(({ field }) => field)).toEqual(['logo']);

    const { id: _, createdAt: __, version: ___, logo: ____, ...input } = body;
    const renamed = { ...input, name: 'Tool with a face' };
    await world.admin('PUT', '/apps/tool', renamed, { 'if-match': '*' });
    expect((await world.admin<App>('GET', '/apps/tool')).body.logo, 'saving the app keeps it').toBe(
      body.logo,
    );
    const gone = await send('DELETE', null, {});
    expect(gone.body.logo).toBeNull();
    expect((await shown(body.logo)).answer.status).toBe(404);
  });
});
