import type { VNode } from 'preact';
import type { ConsentQuestion } from '../../core/oauth/consent.js';
import { AskingClient } from '../pages/asking-client.js';
import { Card } from '../pages/layout.js';

interface ConsentPageProps {
  tenant: string;
  question: ConsentQuestion;
  formToken: string;
}

/** Asks whether a client may act for the user: who asks, what for, and where the answer goes. */
export function ConsentPage({ tenant, question, formToken }: ConsentPageProps): VNode {
  const { applicationId, appName, logo, bounce, loginName, scopes, claims, resources, isSelectable } =
    question;
  return (
    <Card tenant={tenant} heading={`Allow access to ${appName}?`} logo={logo}>
      <Asker {...question} />
      <form method="post" action={`/oauth2/confirm/${applicationId}`}>
        <input type="hidden" name="form_token" value={formToken} />
        <input type="hidden" name="bounce" value={bounce} />
        <fieldset>
          <legend>It asks to:</legend>
          {scopes.map((scope) => (
            <ScopeField key={scope.name} scope={scope} isSelectable={isSelectable} />
          ))}
          {claims.length > 0 && <div id="claims">Read about you: {claims.join(', ')}</div>}
        </fieldset>
        {resources.length > 0 && (
          <p id="resources">
            It will be let in at: <strong>{resources.join(', ')}</strong>
          </p>
        )}
        <p class="fine">
          You are signed in as <strong>{loginName}</strong>. The answer goes to{' '}
          <strong>{destination(question.redirectUri)}</strong>. You can take this back under My permissions.
        </p>
        <div class="actions">
          <button id="deny" class="button" type="submit" name="result" value="0">
            Deny
          </button>
          <button id="allow" class="button primary" type="submit" name="result" value="1">
            Allow
          </button>
        </div>
      </form>
    </Card>
  );
}

/** Who asks. */
export function Asker({
  clientId,
  clientName,
  registered,
}: Pick<ConsentQuestion, 'clientId' | 'clientName' | 'registered'>): VNode {
  if (registered !== null)
    return (
      <>
        <AskingClient {...registered} />
        <p>
          It asks for access on your behalf.
          {!registered.isVerified &&
            ' Nobody here has checked who it is: allow it only if you have just started this yourself.'}
        </p>
      </>
    );
  if (clientName !== null)
    return (
      <p>
        <strong>{clientName}</strong> ({clientId}) asks for access on your behalf.
      </p>
    );
  return (
    <p>
      <strong>{clientId}</strong> <em id="unverified">(unverified)</em> asks for access on your behalf. Anyone
      can use this name: allow it only if you have just started this yourself.
    </p>
  );
}

/** One scope, to be ticked where the user may choose. */
export function ScopeField({
  scope,
  isSelectable,
}: {
  scope: ConsentQuestion['scopes'][number];
  isSelectable: boolean;
}): VNode {
  const { name, description, endpoints } = scope;
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
      {endpoints.length > 0 && (
        <details class="fine">
          <summary>Scope {name}: what it opens</summary>
          <ul>
            {endpoints.map((pattern) => (
              <li key={pattern}>
                <code>{pattern}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** The host, or the scheme of a program on the user's own machine. */
function destination(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri);
  return host === '' ? `a program on this device (${protocol})` : host;
}
