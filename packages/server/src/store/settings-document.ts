/**
 * The version of an app's stored settings. A setting that a later program adds must not change what an app does
 * that was saved before it: each upgrade writes down, for such an app, the value it has lived by.
 */
import type { AppSettings } from '@sallyport/contract';

type Upgrade = (settings: AppSettings) => AppSettings;

/** Upgrade number n takes a document of version n to version n + 1. */
const UPGRADES: readonly Upgrade[] = [
  ({ generalUsage, ...rest }) => ({
    ...rest,
    generalUsage: { ...generalUsage, postLogoutRedirects: [], requirePar: false },
  }),
  ({ generalUsage, ...rest }) => ({
    ...rest,
    generalUsage: { ...generalUsage, frontchannelLogoutUri: null, backchannelLogoutUri: null },
  }),
  ({ generalUsage, tokens, ...rest }) => ({
    ...rest,
    generalUsage: {
      ...generalUsage,
      registration: 'off',
      clientMetadataDocuments: false,
      subjectType: 'public',
    },
    tokens: { ...tokens, userinfoSignedResponseAlg: 'none' },
  }),
  ({ tokens, ...rest }) => ({
    ...rest,
    tokens: { ...tokens, claims: [], requireDpop: false, idTokenAlg: 'RS256' },
  }),
];

/** The version this program writes. */
export const SETTINGS_VERSION = UPGRADES.length + 1;

/** A document of `version`, as this program reads it. */
export function upgradeSettings(settings: AppSettings, version: number): AppSettings {
  return UPGRADES.slice(version - 1).reduce((document, upgrade) => upgrade(document), settings);
}
