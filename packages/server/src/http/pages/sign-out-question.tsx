import type { VNode } from 'preact';
import type { SessionPrincipal } from '../../core/principal.js';
import { Card } from './layout.js';
import { useWords } from './words.js';

interface Question {
  tenant: string;
  session: SessionPrincipal;
  /** Where the answer is posted, with these hidden fields. */
  action: string;
  fields: Readonly<Record<string, string>>;
}

/** Asks before anybody is signed out: a link or an image of another site may have led here. */
export function SignOutQuestion({ tenant, session, action, fields }: Question): VNode {
  const { say } = useWords();
  const name = session.subject.user.loginName;
  return (
    <Card tenant={tenant} heading={say('Sign out?')}>
      <p>
        {say('You are signed in as {name}. Signing out ends this session and the access it gave to apps.', {
          name,
        })}
      </p>
      <form method="post" action={action} class="actions">
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" key={name} name={name} value={value} />
        ))}
        <a class="button" href="/my">
          {say('Stay signed in')}
        </a>
        <button id="logout-yes" class="button primary" type="submit">
          {say('Sign out')}
        </button>
      </form>
    </Card>
  );
}
