/**
 * What carries messages to people: an SMTP server, an HTTP gateway for texts and calls, or the outbox of development.
 * Owns delivery and its failures; what is written and to whom is `core/mail`.
 */
import type { Messenger } from '../core/mail/messenger.js';
import type { Carrier } from './carrier.js';
import { createGateway } from './gateway.js';
import { createOutbox } from './outbox.js';
import { createSmtp } from './smtp.js';

export interface MailSettings {
  smtpUrl?: string | undefined;
  mailFrom?: string | undefined;
  textGatewayUrl?: string | undefined;
  outboxDir?: string | undefined;
}

/** Hears what could not be delivered. The message itself, which may hold a code, is never shown. */
interface DeliveryLog {
  warn(facts: object, message: string): void;
}

/** A messenger over whatever the settings name; it reaches nobody when they name nothing. */
export function openMessenger(settings: MailSettings, publicUrl: string, logger: DeliveryLog): Messenger {
  const carriers = carriersOf(settings, publicUrl);
  const underWay = new Set<Promise<void>>();
  return {
    channels: new Set(carriers.flatMap(({ channels }) => channels)),
    send(channel, message) {
      const carrier = carriers.find(({ channels }) => channels.includes(channel));
      if (!carrier) return;
      const delivery = carrier
        .deliver(channel, message)
        .catch((error: unknown) => logger.warn({ err: error, channel }, 'a message was not delivered'))
        .finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    },
    close: async () => {
      await Promise.all(underWay);
    },
  };
}

function carriersOf({ smtpUrl, mailFrom, textGatewayUrl, outboxDir }: MailSettings, publicUrl: string) {
  if (outboxDir) return [createOutbox(outboxDir)];
  const carriers: Carrier[] = [];
  const from = mailFrom ?? `no-reply@${new URL(publicUrl).hostname}`;
  if (smtpUrl) carriers.push(createSmtp({ url: smtpUrl, from }));
  if (textGatewayUrl) carriers.push(createGateway(textGatewayUrl));
  return carriers;
}
