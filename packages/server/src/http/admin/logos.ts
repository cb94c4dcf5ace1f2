import { App } from '@sallyport/contract';
import { z } from 'zod';
import { LARGEST_PICTURE } from '../../kit/raster-image.js';
import { HttpRefusal } from '../errors.js';
import { type Api, administratorOf, expectedVersion, type Resource, sendVersioned } from './api.js';
import { OfApp } from './apps.js';

const tags = ['Apps'];
const TYPES = ['image/png', 'image/jpeg'];
const Picture = z.any().describe(`The file itself: at most ${LARGEST_PICTURE.bytes / 1024} kB`);

/** The logo of an app. Nowhere else is anything but JSON taken. */
export const logoRoutes: Resource = (parent, { core }) => {
  const { logos } = core.admin;

  parent.register(async (group) => {
    const api: Api = group.withTypeProvider();
    api.removeAllContentTypeParsers();
    // A little more than is taken, so that the usual answer names the limit.
    const limits = { parseAs: 'buffer', bodyLimit: 2 * LARGEST_PICTURE.bytes } as const;
    api.addContentTypeParser(TYPES, limits, (_request, body, done) => done(null, body));

    api.put(
      '/apps/:applicationId/logo',
      {
        schema: {
          tags,
          summary: 'Give an app a logo: a PNG or JPEG, which is drawn anew at most 192 pixels wide and high',
          consumes: TYPES,
          params: OfApp,
          body: Picture,
          response: { 200: App },
        },
      },
      async (request, reply) => {
        const { context, params, body } = request;
        if (!Buffer.isBuffer(body))
          throw new HttpRefusal(415, `send the file itself, as ${TYPES.join(' or ')}`);
        const by = administratorOf(request);
        const { tenant } = context;
        const expected = expectedVersion(request);
        return sendVersioned(reply, await logos.set(tenant, by, params.applicationId, body, expected));
      },
    );

    api.delete(
      '/apps/:applicationId/logo',
      { schema: { tags, summary: 'Take the logo of an app away', params: OfApp, response: { 200: App } } },
      async (request, reply) => {
        const { context, params } = request;
        const by = administratorOf(request);
        const expected = expectedVersion(request);
        return sendVersioned(reply, await logos.remove(context.tenant, by, params.applicationId, expected));
      },
    );
  });
};
