import { spawn } from 'node:child_process';
import open from 'open';

/** Shows a URL in the user's browser: the command in `$BROWSER`, else the system's own. Failing is no harm. */
export async function openBrowser(url: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const [command, ...rest] = (environment.BROWSER ?? '').trim().split(/\s+/);
  if (!command) {
    await open(url).catch(() => undefined);
    return;
  }
  const hasPlace = rest.some((word) => word.includes('%s'));
  const words = hasPlace ? rest.map((word) => word.replace('%s', () => url)) : [...rest, url];
  const browser = spawn(command, words, { detached: true, stdio: 'ignore' });
  browser.once('error', () => console.error(`sallyport: $BROWSER: cannot run ${command}`));
  browser.unref();
}
