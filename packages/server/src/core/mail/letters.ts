/** What Sallyport writes to people: short, plain, and never asking for a password. */
import type { RequestContext } from '../request-context.js';
import type { Message } from './messenger.js';

interface Proof {
  to: string;
  code: string;
  link: string;
}

function paragraphs(...texts: string[]): string {
  return `${texts.join('\n\n')}\n`;
}

/** Where it came from, so that the person can tell whether it was them. */
function origin({ source }: RequestContext): string {
  return `The request came from the address ${source}.`;
}

export function signInLetter(context: RequestContext, { to, code, link }: Proof): Message {
  const text = paragraphs(
    `Your code to sign in to ${context.tenant.name} is ${code}`,
    `Or open this page, on any device, and confirm the sign-in:\n${link}`,
    `Code and page are good for ten minutes. ${origin(context)} If that was not you, somebody knows your password: ignore this mail and change the password.`,
  );
  return { to, subject: `${code} is your code for ${context.tenant.name}`, text, code, link };
}

export function signInText({ tenant }: RequestContext, { to, code, link }: Proof): Message {
  const text = `${code} is your code for ${tenant.name}. Or confirm here: ${link}`;
  return { to, subject: '', text, code, link };
}

export function signInCall({ tenant }: RequestContext, { to, link }: Omit<Proof, 'code'>): Message {
  const text = `Somebody signs in to ${tenant.name} as you. If that is you, press a key to confirm.`;
  return { to, subject: '', text, link };
}

export function phoneProofText({ tenant }: RequestContext, to: string, code: string): Message {
  const text = `${code} is the code that adds this number to your account at ${tenant.name}.`;
  return { to, subject: '', text, code };
}

export function forgottenPasswordLetter(context: RequestContext, { to, link }: Omit<Proof, 'code'>): Message {
  const { name } = context.tenant;
  const text = paragraphs(
    `Somebody, probably you, has forgotten the password of your account at ${name}.`,
    `To choose a new one, open this page within half an hour:\n${link}`,
    `${origin(context)} If that was not you, ignore this mail: nothing has changed.`,
  );
  return { to, subject: `A new password for ${name}`, text, link };
}

export function invitationLetter(
  { tenant }: Pick<RequestContext, 'tenant'>,
  { to, loginName, link }: { to: string; loginName: string; link: string },
): Message {
  const text = paragraphs(
    `There is an account for you at ${tenant.name}. Your user name is ${loginName}`,
    `To choose its password, open this page within three days:\n${link}`,
    'If you do not know what this is about, ignore this mail.',
  );
  return { to, subject: `Your account at ${tenant.name}`, text, link };
}

export function addressProofLetter(context: RequestContext, to: string, code: string): Message {
  const text = paragraphs(
    `${code} is the code that makes this the mail address of your account at ${context.tenant.name}.`,
    `It is good for ten minutes. ${origin(context)} If that was not you, ignore this mail.`,
  );
  return { to, subject: `${code} is your code for ${context.tenant.name}`, text, code };
}

/** `what` completes "In your account …". */
export function changeLetter(
  tenantName: string,
  change: { to: string; loginName: string; what: readonly string[]; source: string },
): Message {
  const { to, loginName, what, source } = change;
  const lines = what.map((line) => `- ${line}`).join('\n');
  const text = paragraphs(
    `In your account ${loginName} at ${tenantName}:`,
    lines,
    `This was done from the address ${source}. If it was neither you nor your administrator, tell your administrator at once.`,
  );
  return { to, subject: `Your account at ${tenantName} was changed`, text };
}
