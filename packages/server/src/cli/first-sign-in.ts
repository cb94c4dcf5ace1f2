import type { Config } from '../config.js';

/** How to sign in to a database that was just made: shown once, outside the log. */
export function firstSignIn(
  { adminUser }: Config,
  { publicUrl, firstPassword }: { publicUrl: string; firstPassword: string },
): string {
  return (
    `\n  Sallyport is set up.\n\n    Open       ${publicUrl}/manage\n    User name  ${adminUser}\n` +
    `    Password   ${firstPassword}\n\n  The password is shown this once and must be changed at the first sign-in.\n`
  );
}
