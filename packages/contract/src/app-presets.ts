import { z } from 'zod';

/** Names of settings that go together; `preset` in the declarative file, a row of *Add Web Apps* in the portal. */
export const AppPreset = z.enum(['MCP']);
export type AppPreset = z.infer<typeof AppPreset>;

/**
 * What each preset says of an app; whatever stands beside it in the file goes over it.
 *
 * MCP: an API that clients of the Model Context Protocol find and use with no manual step. They describe themselves by
 * a document or register, come without a secret, and the user is asked about each.
 * @see Model Context Protocol, Authorization
 */
export const APP_PRESETS = {
  MCP: {
    template: 'OAuth2Server',
    generalUsage: { registration: 'open', clientMetadataDocuments: true },
    tokens: {
      authMethods: ['authCode'],
      lifetime: '1h',
      issueRefreshTokens: true,
      refreshTokenLifetime: '30d',
    },
    scope: {
      userMustConfirm: true,
      definitions: [{ name: 'mcp', description: 'Use this server for you', restRegex: [], default: true }],
    },
  },
} as const satisfies Record<AppPreset, object>;
