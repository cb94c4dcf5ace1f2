import type { Endpoint } from '@sallyport/contract';
import type { VNode } from 'preact';
import type { AskedScope, ConsentQuestion } from '../../core/oauth/consent.js';
import { AskingClient } from '../pages/asking-client.js';
import { Card } from '../pages/layout.js';
import { Say } from '../pages/say.js';
import { useWords } from '../pages/words.js';

interface ConsentPageProps {
  tenant: string;
  question: ConsentQuestion;
  /** Every endpoint behind the gate. */
  endpoints: readonly Endpoint[];
  formToken: string;
}

/** Asks whether a client may act for the user: who asks, what for, and where the answer goes. */
export function ConsentPage({ tenant, question, endpoints, formToken }: ConsentPageProps): VNode {
  const { applicationId, appName, logo, bounce, loginName, scopes, claims, resources, isSelectable } =
    question;
  const { say } = useWords();
  return (
    <Card tenant={tenant} heading={say('Allow access to {app}?', { app: appName })} logo={logo}>
      <Asker {...question} />
      <form method="post" action={`/oauth2/confirm/${applicationId}`}>
        <input type="hidden" name="form_token" value={formToken} />
        <input type="hidden" name="bounce" value={bounce} />
        <fieldset>
          <legend>{say('It asks to:')}</legend>
          {scopes.map((scope) => (
            <ScopeField key={scope.name} scope={scope} endpoints={endpoints} isSelectable={isSelectable} />
          ))}
          {claims.length > 0 && (
            <div id="claims">{say('Read about you: {claims}', { claims: claims.join(', ') })}</div>
          )}
        </fieldset>
        <LetInAt resources={resources} />
        <p class="fine">
          <Say
            text="You are signed in as {name}. The answer goes to {place}. You can take this back under My permissions."
            values={{
              name: <strong>{loginName}</strong>,
              place: <Destination redirectUri={question.redirectUri} />,
            }}
          />
        </p>
        <DenyOrAllow />
      </form>
    </Card>
  );
}

/** The two answers, as easy as each other. */
export function DenyOrAllow(): VNode {
  const { say } = useWords();
  return (
    <div class="actions">
      <button id="deny" class="button" type="submit" name="result" value="0">
        {say('Deny')}
      </button>
      <button id="allow" class="button primary" type="submit" name="result" value="1">
        {say('Allow')}
      </button>
    </div>
  );
}

/** The APIs of other apps that the tokens will be for. */
export function LetInAt({ resources }: Pick<ConsentQuestion, 'resources'>): VNode | null {
  if (resources.length === 0) return null;
  return (
    <p id="resources">
      <Say
        text="It will be let in at: {resources}"
        values={{ resources: <strong>{resources.join(', ')}</strong> }}
      />
    </p>
  );
}

/** Who asks. */
export function Asker({
  clientId,
  clientName,
  registered,
}: Pick<ConsentQuestion, 'clientId' | 'clientName' | 'registered'>): VNode {
  const { say } = useWords();
  if (registered !== null)
    return (
      <>
        <AskingClient {...registered} />
        <p>
          {say('It asks for access on your behalf.')}
          {!registered.isVerified &&
            ` ${say('Nobody here has checked who it is: allow it only if you have just started this yourself.')}`}
        </p>
      </>
    );
  if (clientName !== null)
    return (
      <p>
        <Say
          text="{name} ({id}) asks for access on your behalf."
          values={{ name: <strong>{clientName}</strong>, id: clientId }}
        />
      </p>
    );
  return (
    <p>
      <strong>{clientId}</strong> <em id="unverified">{say('(unverified)')}</em>{' '}
      {say(
        'asks for access on your behalf. Anyone can use this name: allow it only if you have just started this yourself.',
      )}
    </p>
  );
}

interface ScopeFieldProps extends Pick<ConsentPageProps, 'endpoints'> {
  scope: AskedScope;
  isSelectable: boolean;
}

/** One scope, to be ticked where the user may choose. */
export function ScopeField({ scope, endpoints, isSelectable }: ScopeFieldProps): VNode {
  const { name, description: told, patterns } = scope;
  const words = useWords();
  const description = words.told(told);
  return (
    <div class="field">
      {isSelectable ? (
        <label class="choice">
          <input type="checkbox" name="scopes" value={name} checked />
          {description}
        </label>
      ) : (
        <div>{description}</div>
      )}
      {patterns.length > 0 && (
        <details class="fine">
          <summary>{words.say('Scope {name}: what it opens', { name })}</summary>
          <Opened scope={scope} endpoints={endpoints} />
        </details>
      )}
    </div>
  );
}

/** The endpoints that a scope opens; its patterns, where none is known here. */
function Opened({ scope, endpoints }: Pick<ScopeFieldProps, 'scope' | 'endpoints'>): VNode {
  const { say } = useWords();
  const opened = endpoints.map(({ path }) => path.slice(1)).filter((path) => scope.opens(path));
  if (endpoints.length > 0 && opened.length === endpoints.length)
    return <p>{say('Everything here that you may do yourself.')}</p>;
  return (
    <ul>
      {[...new Set(opened.length > 0 ? opened : scope.patterns)].map((path) => (
        <li key={path}>
          <code>{path}</code>
        </li>
      ))}
    </ul>
  );
}

/** The host, or the scheme of a program on the user's own machine. */
function Destination({ redirectUri }: { redirectUri: string }): VNode {
  const { say } = useWords();
  const { host, protocol } = new URL(redirectUri);
  return (
    <strong>{host === '' ? say('a program on this device ({scheme})', { scheme: protocol }) : host}</strong>
  );
}
