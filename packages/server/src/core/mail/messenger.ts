/**
 * How Sallyport reaches people outside their browser: the port. What is said is `letters.ts`, how often `post.ts`;
 * what carries it is the room `mail/`.
 */

export type Channel = 'mail' | 'sms' | 'call';

export interface Message {
  /** A mail address, or a telephone number in international form. */
  to: string;
  subject: string;
  text: string;
  /** What the person may type instead of opening the link. */
  code?: string;
  link?: string;
}

export interface Messenger {
  /** The channels that reach anybody here: a mechanism that needs another one is not offered. */
  readonly channels: ReadonlySet<Channel>;
  /** Takes the message and returns at once, so that no answer's time tells whether there was one to send. */
  send(channel: Channel, message: Message): void;
  /** Resolves when what was taken is delivered or given up. */
  close(): Promise<void>;
}
