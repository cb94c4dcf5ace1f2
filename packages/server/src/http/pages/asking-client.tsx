import type { VNode } from 'preact';
import type { ShownClient } from '../../core/registration/shown-client.js';
import { Say } from './say.js';
import { useWords } from './words.js';

/** A client that described itself, to the person whom it leads here: its name, picture and documents. */
export function AskingClient({ name, isVerified, host, logo, home, policy, terms }: ShownClient): VNode {
  const { say } = useWords();
  const links = [
    [home, 'About it', 'client-uri'],
    [policy, 'Privacy policy', 'policy-uri'],
    [terms, 'Terms of service', 'tos-uri'],
  ] as const;
  return (
    <div class="client" id="client">
      {logo !== null && <img id="client-logo" src={logo} alt="" width="48" height="48" />}
      <p>
        <strong>{name}</strong>
        {host !== null && (
          <>
            {' '}
            <Say text="of {host}" values={{ host }} />
          </>
        )}{' '}
        {!isVerified && <em id="unverified">{say('(unverified)')}</em>}
        <span class="fine">
          {links.map(([href, text, id]) =>
            href === null ? null : (
              <a key={id} id={id} href={href} target="_blank" rel="noopener noreferrer">
                {say(text)}
              </a>
            ),
          )}
        </span>
      </p>
    </div>
  );
}

/** Pictures that a page with this client shows. */
export function picturesOf(client: ShownClient | null): string[] {
  return client?.logo ? [client.logo] : [];
}
