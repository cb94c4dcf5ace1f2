import type { Transporter } from 'nodemailer';
import type { Carrier } from './carrier.js';

const PATIENCE = 15_000;

/** Mail by SMTP. The library is loaded with the first message: most commands never send one. */
export function createSmtp({ url, from }: { url: string; from: string }): Carrier {
  let transport: Promise<Transporter> | null = null;

  async function connect(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const patience = { connectionTimeout: PATIENCE, greetingTimeout: PATIENCE, socketTimeout: PATIENCE };
    return createTransport({ url, ...patience });
  }

  return {
    channels: ['mail'],
    async deliver(_channel, { to, subject, text }) {
      transport ??= connect();
      await (await transport).sendMail({ from, to: { name: '', address: to }, subject, text });
    },
  };
}
