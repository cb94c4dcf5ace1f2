/** Apps as the API has them: reading, writing, and what differs between two states of one. */
import { App, type AppInput, AppUsage, Endpoint, PatternTestResult, TokenAnswer } from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { api, path, type Versioned } from '../../api.js';
import type { ListQuery } from '../../ui/data-list.js';
import { withoutEmptyLines } from '../../ui/lines.js';

export const appQuery = (applicationId: string) =>
  queryOptions({
    queryKey: ['apps', applicationId],
    queryFn: () => readApp(applicationId),
    staleTime: 0,
    refetchOnWindowFocus: false,
  });

/** A page of apps, ready to be grouped: by category, then by name. */
export async function loadApps(query: ListQuery) {
  const page = await api.page('/apps', App, { ...query });
  const order = (a: App, b: App) => a.category.localeCompare(b.category) || a.name.localeCompare(b.name);
  return { ...page, items: page.items.toSorted(order) };
}

export function readApp(applicationId: string): Promise<Versioned<App>> {
  return api.read(`/apps${path(applicationId)}`, App);
}

interface Saving {
  /** The Application ID so far; `input` may hold a new one. */
  applicationId: string;
  input: AppInput;
  etag: string;
}

export function saveApp({ applicationId, input, etag }: Saving): Promise<Versioned<App>> {
  return api.write('PUT', `/apps${path(applicationId)}`, App, input, etag);
}

/** Gives the app a picture, or with null takes it away. */
export function saveLogo(app: { applicationId: string; etag: string }, file: File | null) {
  return api.put(`/apps${path(app.applicationId)}/logo`, App, file, app.etag);
}

/** Who would lose something with the app; read anew whenever it is asked. */
export const usageQuery = (applicationId: string) =>
  queryOptions({
    queryKey: ['apps', applicationId, 'usage'],
    queryFn: () => api.get(`/apps${path(applicationId)}/usage`, AppUsage),
    staleTime: 0,
  });

export function deleteApp(applicationId: string): Promise<void> {
  return api.act('DELETE', `/apps${path(applicationId)}`);
}

export const endpointsQuery = queryOptions({
  queryKey: ['endpoints'],
  queryFn: () => api.list('/endpoints', Endpoint),
  staleTime: Number.POSITIVE_INFINITY,
});

/** What `patterns` open, and whether they open `paths`. */
export async function testPatterns(patterns: string[], paths: string[] = []): Promise<PatternTestResult> {
  return (await api.write('POST', '/endpoints/test', PatternTestResult, { patterns, paths })).value;
}

/** What an access token may do now. */
export async function askAboutToken(token: string): Promise<TokenAnswer> {
  return (await api.write('POST', '/endpoints/token', TokenAnswer, { token })).value;
}

/** The part of an app that an administrator writes. */
export function inputOf(app: App): AppInput {
  const { id: _, createdAt: __, version: ___, logo: ____, ...input } = app;
  return input;
}

/** As it will be sent: without the lines left empty, and the blanks around what was pasted. */
export function cleaned(input: AppInput): AppInput {
  const { generalUsage, scope } = input;
  return {
    ...input,
    applicationId: input.applicationId.trim(),
    name: input.name.trim(),
    generalUsage: {
      ...generalUsage,
      allowedClients: withoutEmptyLines(generalUsage.allowedClients),
      redirects: withoutEmptyLines(generalUsage.redirects),
      postLogoutRedirects: withoutEmptyLines(generalUsage.postLogoutRedirects),
      issuer: generalUsage.issuer.trim() === '' ? 'default' : generalUsage.issuer,
    },
    scope: {
      ...scope,
      definitions: scope.definitions.map((definition) => ({
        ...definition,
        restRegex: withoutEmptyLines(definition.restRegex),
      })),
    },
  };
}

/** An app's fields by path, as the change log names them. */
export function fieldsOf({ generalUsage, tokens, scope, userAccess, ...identity }: AppInput) {
  const sections = { generalUsage, tokens, scope, userAccess };
  const nested = Object.entries(sections).flatMap(([section, fields]) =>
    Object.entries(fields).map(([field, value]) => [`${section}.${field}`, value] as const),
  );
  return new Map<string, unknown>([...Object.entries(identity), ...nested]);
}

/** Paths of the fields in which two states of an app differ. */
export function changedFields(before: AppInput, after: AppInput): string[] {
  const old = fieldsOf(cleaned(before));
  return [...fieldsOf(cleaned(after))]
    .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(old.get(field)))
    .map(([field]) => field);
}

/** `theirs` with the `changed` fields of `mine`. */
export function overlay(theirs: AppInput, mine: AppInput, changed: readonly string[]): AppInput {
  const pick = <T extends object>(section: string, from: T, over: T): T => ({
    ...from,
    ...Object.fromEntries(Object.entries(over).filter(([field]) => changed.includes(`${section}${field}`))),
  });
  return {
    ...pick('', theirs, mine),
    generalUsage: pick('generalUsage.', theirs.generalUsage, mine.generalUsage),
    tokens: pick('tokens.', theirs.tokens, mine.tokens),
    scope: pick('scope.', theirs.scope, mine.scope),
    userAccess: pick('userAccess.', theirs.userAccess, mine.userAccess),
  };
}
