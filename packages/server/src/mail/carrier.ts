import type { Channel, Message } from '../core/mail/messenger.js';

/** One way of delivering. */
export interface Carrier {
  readonly channels: readonly Channel[];
  /** Rejects when the message was not accepted. */
  deliver(channel: Channel, message: Message): Promise<void>;
}
