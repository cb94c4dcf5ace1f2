import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../kit/random.js';
import type { Carrier } from './carrier.js';

/**
 * For development: every message becomes one JSON file of `folder` instead of being sent. The files hold codes and
 * links, so none but their owner may read them.
 */
export function createOutbox(folder: string): Carrier {
  return {
    channels: ['mail', 'sms', 'call'],
    async deliver(_channel, { to, subject, text, code = null, link = null }) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, newId());
      const document = `${JSON.stringify({ to, subject, text, code, link }, null, 2)}\n`;
      // Whoever watches the folder sees whole files only.
      await writeFile(`${path}.part`, document, { mode: 0o600 });
      await rename(`${path}.part`, `${path}.json`);
    },
  };
}
