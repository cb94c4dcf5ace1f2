import type { VNode } from 'preact';
import { Card } from '../pages/layout.js';

interface FormPostPageProps {
  tenant: string;
  /** The client's checked redirect. */
  action: string;
  fields: Readonly<Record<string, string>>;
}

/**
 * An authorization answer that the browser posts to the client: by the page's script at once, by its button where no
 * script runs. @see OAuth 2.0 Form Post Response Mode section 2
 */
export function FormPostPage({ tenant, action, fields }: FormPostPageProps): VNode {
  return (
    <Card tenant={tenant} heading="Back to the application">
      <p>If nothing happens, use the button.</p>
      <form method="post" action={action} data-submit>
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" key={name} name={name} value={value} />
        ))}
        <div class="actions">
          <button id="continue" class="button primary" type="submit">
            Continue
          </button>
        </div>
      </form>
    </Card>
  );
}
