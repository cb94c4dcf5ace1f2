import type { FastifyReply, FastifyRequest } from 'fastify';
import { Card, sendPage } from './layout.js';
import { wordsFor } from './words.js';

export interface ErrorPage {
  status: number;
  /** OAuth error code, or the status as text. */
  code: string;
  /** For the person: what happened and what to do. Shown as text, never as markup. */
  message: string;
  /** A way on: where the person may try again. */
  again?: { href: string; text: string };
}

/**
 * A page that says what went wrong, with the code and the id under which the operator's log has the rest, and an
 * administrator finds it explained.
 */
export function sendErrorPage(request: FastifyRequest, reply: FastifyReply, error: ErrorPage): FastifyReply {
  const { status, code, message, again } = error;
  const { say, told } = wordsFor(request);
  const body = (
    <Card tenant={request.context?.tenant.name ?? 'Sallyport'} heading={say('This did not work')}>
      <p>{sentence(told(message))}</p>
      <p>
        {again ? (
          <a href={again.href}>{told(again.text)}</a>
        ) : (
          say(
            'Go back and try again. If it happens again, give the reference below to whoever runs the app that you came from.',
          )
        )}
      </p>
      <p class="fine">
        {say('Error code')} <code id="error-code">{code}</code>
        <br />
        {say('Reference')} <code>{request.id}</code>{' '}
        <a href={`/manage/traffic?reference=${request.id}`}>{say('Why (for administrators)')}</a>
      </p>
    </Card>
  );
  return sendPage(reply, { status, title: say('Error'), body });
}

function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.?]$/.test(text) ? text : `${text}.`;
}
