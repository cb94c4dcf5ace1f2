/** Addresses of an app, as its clients use them. The portal is served from the public URL, so that is their start. */
import type { EndpointName } from './snippets.js';

export function endpointUrl(endpoint: EndpointName | 'register', applicationId: string): string {
  return `${window.location.origin}/oauth2/${endpoint}/${applicationId}`;
}

/** The issuer of an app that has none of its own. */
export function defaultIssuer(applicationId: string): string {
  return `${window.location.origin}/${applicationId}/`;
}

export function metadataUrl(applicationId: string): string {
  return `${defaultIssuer(applicationId)}.well-known/openid-configuration`;
}
