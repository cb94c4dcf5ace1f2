/** What a grant needs to be typed, and running it. Typed secrets live in this component and nowhere else. */
import { Alert, Button, Checkbox, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { type App, AUTH_METHODS, type AuthMethod } from '@sallyport/contract';
import { useMutation } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Translate } from '../../i18n/i18n.js';
import { TextLink } from '../../ui/links.js';
import { SecretInput } from '../../ui/secret-input.js';
import { errorText } from '../../ui/states.js';
import { DeviceWait } from './device-wait.js';
import { PasteBack } from './paste-back.js';
import {
  awaitWindow,
  type DeviceAnswer,
  type Pending,
  Refused,
  readCallback,
  redeem,
  requestDevice,
  requestToken,
  startAuthorization,
  type TryClient,
  WindowClosed,
} from './run-grant.js';
import type { Gained } from './try-it.js';

interface Typed {
  clientId: string;
  secret: string;
  username: string;
  password: string;
  subjectToken: string;
  scope: string;
  redirect: string;
  anew: boolean;
}

/** What stands between the click and the token: an address to be pasted, or a device that decides. */
type Waiting =
  | { kind: 'paste'; client: TryClient; pending: Pending }
  | { kind: 'device'; client: TryClient; device: DeviceAnswer };

interface GrantFormProps {
  app: App;
  onToken(gained: Gained): void;
}

export function GrantForm({ app, onToken }: GrantFormProps) {
  const { t } = useTranslation();
  const methods = AUTH_METHODS.filter((method) => app.tokens.authMethods.includes(method));
  const [method, setMethod] = useState<AuthMethod>(methods[0] ?? 'authCode');
  const [typed, setTyped] = useState<Typed>(() => beginning(app));
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const change = (part: Partial<Typed>) => setTyped((before) => ({ ...before, ...part }));
  const running = useMutation({
    mutationFn: (opened: Window | null) => run(app, method, typed, opened, setWaiting),
    onMutate: () => setWaiting(null),
    onSuccess: (gained) => {
      if (gained) onToken(gained);
    },
  });
  if (methods.length === 0)
    return (
      <Alert color="gray">
        {t('apps.meaning.none')} <AppLink app={app} category="tokens" />
      </Alert>
    );
  const start = () => running.mutate(returnsHere(typed.redirect, method) ? openWindow() : null);
  /** Within the app's own form, which *Enter* must not save. */
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    start();
  };
  return (
    <Stack gap="md" onKeyDown={onKeyDown}>
      <NativeSelect
        label={t('tryIt.grant')}
        maw="28rem"
        data={methods.map((value) => ({ value, label: t(`apps.authMethod.${value}`) }))}
        value={method}
        onChange={({ currentTarget: { value } }) => {
          setMethod(methods.find((known) => known === value) ?? method);
          setWaiting(null);
          running.reset();
        }}
      />
      <ClientFields typed={typed} change={change} needsSecret={method === 'clientCreds'} />
      {method === 'resourceOwner' && <PersonFields typed={typed} change={change} />}
      {method === 'tokenExchange' && (
        <SecretInput
          label={t('tryIt.subjectToken')}
          description={t('tryIt.subjectTokenHelp')}
          maw="28rem"
          autoComplete="off"
          value={typed.subjectToken}
          onChange={({ currentTarget }) => change({ subjectToken: currentTarget.value })}
        />
      )}
      {goesByBrowser(method) && <RedirectFields app={app} typed={typed} change={change} />}
      <TextInput
        label={t('apps.category.scope')}
        description={t('tryIt.scopeHelp')}
        maw="28rem"
        spellCheck={false}
        autoComplete="off"
        value={typed.scope}
        onChange={({ currentTarget }) => change({ scope: currentTarget.value })}
      />
      <Group>
        <Button variant="filled" loading={running.isPending} onClick={start}>
          {t('tryIt.run')}
        </Button>
      </Group>
      <div aria-live="polite">
        {running.isError && (
          <Alert color="red" title={t('tryIt.refused')}>
            {refusalText(running.error, t)}
          </Alert>
        )}
        {waiting?.kind === 'paste' && <PasteBack {...waiting} onToken={onToken} />}
        {waiting?.kind === 'device' && <DeviceWait {...waiting} onToken={onToken} />}
      </div>
    </Stack>
  );
}

/** Runs the grant; null when somebody else has to act first. */
async function run(
  { applicationId }: App,
  method: AuthMethod,
  typed: Typed,
  opened: Window | null,
  wait: (waiting: Waiting) => void,
): Promise<Gained | null> {
  const client = { applicationId, clientId: typed.clientId.trim(), secret: typed.secret };
  const scope = typed.scope.trim();
  const asked: Record<string, string> = scope === '' ? {} : { scope };
  if (method === 'clientCreds')
    return { client, answer: await requestToken(client, { grant_type: 'client_credentials', ...asked }) };
  if (method === 'resourceOwner') {
    const { username, password } = typed;
    const fields = { grant_type: 'password', username, password, ...asked };
    return { client, answer: await requestToken(client, fields) };
  }
  if (method === 'tokenExchange') {
    const fields = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: typed.subjectToken.trim(),
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    };
    return { client, answer: await requestToken(client, { ...fields, ...asked }) };
  }
  if (method === 'deviceCode') {
    wait({ kind: 'device', client, device: await requestDevice(client, scope) });
    return null;
  }
  const isOpenId = scope.split(' ').includes('openid');
  const responseType = method === 'authCode' ? 'code' : isOpenId ? 'id_token token' : 'token';
  const ask = { scope, redirectUri: typed.redirect, responseType, anew: typed.anew } as const;
  const pending = await startAuthorization(client, ask);
  if (!opened) {
    wait({ kind: 'paste', client, pending });
    return null;
  }
  opened.location.href = pending.url;
  const callback = readCallback(await awaitWindow(opened, pending.redirectUri), pending);
  return { client, answer: await redeem(client, pending, callback) };
}

function goesByBrowser(method: AuthMethod): boolean {
  return method === 'authCode' || method === 'implicit';
}

/** Whether this page can read where the window came to: then nothing has to be pasted. */
function returnsHere(redirect: string, method: AuthMethod): boolean {
  return goesByBrowser(method) && URL.parse(redirect)?.origin === window.location.origin;
}

/** Opened by the click itself, or the browser would not. */
function openWindow(): Window | null {
  return window.open('about:blank', 'sallyport-try-it', 'popup,width=520,height=760');
}

function beginning({ generalUsage, scope }: App): Typed {
  const chosen = scope.definitions.filter((definition) => definition.default);
  const names = (chosen.length > 0 ? chosen : scope.definitions.slice(0, 1)).map(({ name }) => name);
  const { redirects, allowedClients } = generalUsage;
  const here = redirects.find((redirect) => URL.parse(redirect)?.origin === window.location.origin);
  return {
    clientId: allowedClients[0] ?? 'try-it',
    ...{ secret: '', username: '', password: '', subjectToken: '' },
    scope: names.join(' '),
    redirect: here ?? redirects[0] ?? '',
    anew: false,
  };
}

/** Why it did not work, in the words of whoever refused. */
export function refusalText(error: unknown, t: Translate): string {
  if (error instanceof WindowClosed) return t('tryIt.closed');
  if (error instanceof Refused) return error.code === 'state' ? t('tryIt.otherState') : error.message;
  return errorText(error, t);
}

interface FieldsProps {
  typed: Typed;
  change(part: Partial<Typed>): void;
}

function ClientFields({ typed, change, needsSecret }: FieldsProps & { needsSecret: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t('tryIt.clientId')}
        maw="28rem"
        spellCheck={false}
        autoComplete="off"
        value={typed.clientId}
        onChange={({ currentTarget }) => change({ clientId: currentTarget.value })}
      />
      <SecretInput
        label={t('tryIt.secret')}
        description={needsSecret ? t('tryIt.secretHelp') : t('tryIt.secretOptional')}
        maw="28rem"
        autoComplete="off"
        value={typed.secret}
        onChange={({ currentTarget }) => change({ secret: currentTarget.value })}
      />
    </>
  );
}

function PersonFields({ typed, change }: FieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t('tryIt.username')}
        maw="28rem"
        spellCheck={false}
        autoComplete="off"
        value={typed.username}
        onChange={({ currentTarget }) => change({ username: currentTarget.value })}
      />
      <SecretInput
        label={t('tryIt.password')}
        maw="28rem"
        autoComplete="off"
        value={typed.password}
        onChange={({ currentTarget }) => change({ password: currentTarget.value })}
      />
    </>
  );
}

function RedirectFields({ app, typed, change }: FieldsProps & { app: App }) {
  const { t } = useTranslation();
  const { redirects } = app.generalUsage;
  const dummy = `${window.location.origin}/sysinfo/dummy`;
  return (
    <>
      {redirects.length > 0 && (
        <NativeSelect
          label={t('tryIt.redirect')}
          maw="28rem"
          data={redirects}
          value={typed.redirect}
          onChange={({ currentTarget }) => change({ redirect: currentTarget.value })}
        />
      )}
      {!redirects.some((redirect) => URL.parse(redirect)?.origin === window.location.origin) && (
        <Alert color="gray">
          {t('tryIt.addRedirect', { address: dummy })} <AppLink app={app} category="general-usage" />
        </Alert>
      )}
      <Checkbox
        label={t('tryIt.anew')}
        description={t('tryIt.anewHelp')}
        checked={typed.anew}
        onChange={({ currentTarget }) => change({ anew: currentTarget.checked })}
      />
    </>
  );
}

function AppLink({ app, category }: { app: App; category: 'tokens' | 'general-usage' }) {
  const { t } = useTranslation();
  const { applicationId } = app;
  return (
    <TextLink to="/manage/apps/$applicationId/{-$category}" params={{ applicationId, category }}>
      {t(`apps.category.${category}`)}
    </TextLink>
  );
}
