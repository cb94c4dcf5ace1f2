import type { ComponentChildren, VNode } from 'preact';
import type { ShownClient } from '../../core/registration/shown-client.js';
import { AskingClient } from '../pages/asking-client.js';
import { assetUrl } from '../pages/assets.js';
import { Card } from '../pages/layout.js';
import { useWords } from '../pages/words.js';

/** What every step of the form carries along. */
export interface LoginForm {
  tenant: string;
  formToken: string;
  /** As it came in the query: where to go afterwards. */
  cloudRedirect: string;
  /** The checked path that it stands for. */
  next: string;
  /** Application ID of the app that is signed in to; empty for none. */
  application: string;
  /** The registered client that led here; null for none. */
  client: ShownClient | null;
  username: string;
  /** Whether the session shall outlive the browser. */
  persistent: boolean;
  /** Whether this device shall be known next time, and whether that would make any difference. */
  remember: boolean;
  knowsDevices: boolean;
  /** Where sign-ins on other devices are approved. */
  approvalsUrl: string;
  /** Whether a forgotten password can be recovered. */
  recovers: boolean;
  /** A line for the person; `isError` when the last answer did not do. */
  say: { text: string; isError: boolean } | null;
}

/** The first step: name and password. */
export function CredentialsPage(form: LoginForm): VNode {
  const { tenant, username, persistent, cloudRedirect, recovers } = form;
  const words = useWords();
  return (
    <Card tenant={tenant} heading={words.say('Sign in')}>
      {form.client && <AskingClient {...form.client} />}
      <Form {...form}>
        <Say {...form} otherwise={words.say('Use the name and password of your account.')} />
        <div class="field">
          <label for="username">{words.say('User name')}</label>
          <input
            id="username"
            name="username"
            type="text"
            value={username}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            autofocus={username === ''}
          />
        </div>
        <div class="field">
          <label for="password">{words.say('Password')}</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            required
            autofocus={username !== ''}
          />
        </div>
        <label class="choice">
          <input type="checkbox" name="persistent" value="true" checked={persistent} />
          {words.say('Keep me signed in')}
        </label>
        <Submit text={words.say('Sign in')} />
      </Form>
      {recovers && (
        <p class="ways">
          <a href={withQuery('/login/forgot', cloudRedirect)}>{words.say('Forgot your password?')}</a>
        </p>
      )}
    </Card>
  );
}

/** The sign-in page with the way back to `cloudRedirect`. */
export function loginPath(cloudRedirect: string): string {
  return withQuery('/login', cloudRedirect);
}

function withQuery(path: string, cloudRedirect: string): string {
  return cloudRedirect === '' ? path : `${path}?${new URLSearchParams({ cloudRedirect })}`;
}

export function Form({
  formToken,
  cloudRedirect,
  next,
  application,
  children,
}: LoginForm & { children: ComponentChildren }): VNode {
  const { say } = useWords();
  return (
    <form
      id="login"
      method="post"
      action="/login"
      data-next={next}
      data-application={application}
      data-passkeys={assetUrl('passkeys')}
      data-failed={say('That did not work. Check it and try again.')}
      data-unreachable={say('Signing in is not possible right now. Try again in a moment.')}
      data-caps-lock={say('Caps lock is on.')}
      data-no-key={say('The passkey was not used. Try again, or use another way.')}
    >
      <input type="hidden" name="form_token" value={formToken} />
      <input type="hidden" name="cloudRedirect" value={cloudRedirect} />
      {children}
    </form>
  );
}

/** The one line above the fields: read out when it changes, and as high when it is an error. */
export function Say({ say, otherwise }: Pick<LoginForm, 'say'> & { otherwise: string }): VNode {
  const { told } = useWords();
  return (
    <p id="say" class={say?.isError ? 'say error' : 'say'} role="status" data-otherwise={otherwise}>
      {say ? told(say.text) : otherwise}
    </p>
  );
}

export function Submit({ text, action }: { text: string; action?: string }): VNode {
  const does = action === undefined ? {} : { name: 'action', value: action };
  return (
    <button id="signin" class="button primary" type="submit" {...does}>
      {text}
    </button>
  );
}
