/**
 * An app's endpoints as a Postman collection that runs from top to bottom: each grant that the app allows, and what
 * is done with its token. Made from the app's settings; holds no secret.
 */
import type { App, PostmanCollection, PostmanEnvironment } from '@sallyport/contract';
import { grantFolders } from './grant-folders.js';

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';

/** The whole collection; `publicUrl` is the server's. */
export function postmanCollection(app: App, publicUrl: string): PostmanCollection {
  return {
    info: { name: `${app.name} (${app.applicationId})`, description: description(app), schema: SCHEMA },
    item: grantFolders(app).map((folder) => ({ ...folder })),
    variable: variables(app, publicUrl).map(({ key, value, about }) => ({
      key,
      value,
      description: about,
      type: 'string',
    })),
  };
}

/** The values it reads, to be kept apart from it: the secrets are to be filled in here. */
export function postmanEnvironment(app: App, publicUrl: string): PostmanEnvironment {
  return {
    name: `${app.name} on ${new URL(publicUrl).host}`,
    values: variables(app, publicUrl).map(({ key, value, isSecret }) => ({
      key,
      value,
      type: isSecret ? 'secret' : 'default',
      enabled: true,
    })),
    _postman_variable_scope: 'environment',
  };
}

interface Variable {
  key: string;
  value: string;
  about: string;
  isSecret?: boolean;
}

function variables(app: App, publicUrl: string): Variable[] {
  const { applicationId, generalUsage, scope } = app;
  const { redirects } = generalUsage;
  const redirectUri = redirects.find((uri) => uri.endsWith('/sysinfo/dummy')) ?? redirects[0] ?? '';
  return [
    { key: 'endpoint', value: publicUrl, about: 'the server, without a trailing slash' },
    { key: 'appId', value: applicationId, about: 'Application ID' },
    { key: 'clientId', value: clientId(app), about: 'client_id; of a confidential client its login name' },
    { key: 'clientSecret', value: '', about: 'password of a confidential client', isSecret: true },
    { key: 'redirectUri', value: redirectUri, about: "one of the app's Redirects" },
    {
      key: 'scope',
      value: [...scope.definitions.map(({ name }) => name), 'openid'].join(' '),
      about: 'scopes to ask for',
    },
    { key: 'username', value: '', about: 'login name of a user who may use the app' },
    { key: 'password', value: '', about: "that user's password", isSecret: true },
  ];
}

/** Any name will do where the app takes any and nobody must authenticate. */
function clientId({ generalUsage, tokens }: App): string {
  if (generalUsage.clientIdType === 'list') return generalUsage.allowedClients[0] ?? '';
  if (generalUsage.clientIdType === 'confidential' || tokens.authMethods.includes('clientCreds')) return '';
  return 'postman';
}

function description({ applicationId, enabled }: App): string {
  return `Every grant that the app ${applicationId} allows, from the first request to the revocation of the token. Fill in the environment: client, user and their secrets. Then run the folders from top to bottom; each request hands on what the next one needs.${enabled ? '' : '\n\nThe app is disabled: every request will be refused.'}`;
}
