import type { App } from './model.js';

/** Every URL the server prints, from the one public URL; request headers never decide it. */
export interface Urls {
  /** Origin without trailing slash. */
  readonly publicUrl: string;
  /** The app's issuer: `{public URL}/{Application ID}/` unless it has its own. Rule 10. */
  issuer(app: Pick<App, 'applicationId' | 'settings'>): string;
  /** `{public URL}/oauth2/{endpoint}/{Application ID}` */
  oauth(endpoint: string, app: Pick<App, 'applicationId'>): string;
  /** The RFC 9728 resource identifier of the server's own API: `aud` of its access tokens. */
  readonly resource: string;
}

export function createUrls(publicUrl: string): Urls {
  return {
    publicUrl,
    resource: publicUrl,
    issuer: ({ applicationId, settings }) =>
      settings.generalUsage.issuer === 'default'
        ? `${publicUrl}/${applicationId}/`
        : settings.generalUsage.issuer,
    oauth: (endpoint, { applicationId }) => `${publicUrl}/oauth2/${endpoint}/${applicationId}`,
  };
}
