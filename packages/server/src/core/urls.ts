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
  /** What the app's own tokens name as their API: this server's resource, or the API of an OAuth2 Server app. */
  audience(app: Pick<App, 'applicationId' | 'settings' | 'template'>): string;
}

/** An audience as it is compared: an address in its canonical spelling, anything else as it is. */
export function audienceKey(audience: string): string {
  return URL.canParse(audience) ? new URL(audience).href : audience;
}

export function createUrls(publicUrl: string): Urls {
  const issuer: Urls['issuer'] = ({ applicationId, settings }) =>
    settings.generalUsage.issuer === 'default'
      ? `${publicUrl}/${applicationId}/`
      : settings.generalUsage.issuer;
  return {
    publicUrl,
    resource: publicUrl,
    issuer,
    audience: (app) =>
      app.template === 'OAuth2Server' ? (app.settings.generalUsage.audience ?? issuer(app)) : publicUrl,
    oauth: (endpoint, { applicationId }) => `${publicUrl}/oauth2/${endpoint}/${applicationId}`,
  };
}
