/**
 * An app's token script as claims mappings, and back. Lines of one form are understood and none is ever run.
 * protocol 5.4 and 6
 */
import { CLAIM_ATTRIBUTES, type ClaimMapping } from '@sallyport/contract';
import { AdminError } from '../../core/errors.js';

type Source = ClaimMapping['from'];

/** `setClaim('Department', LoginUser.Get('department'));` in the spellings that JavaScript allows. */
const LINE = /^setClaim\(\s*(['"])([^'"\\]+)\1\s*,\s*LoginUser\.Get\(\s*(['"])([^'"\\]+)\3\s*\)\s*\)\s*;?$/i;

/** The vendor's and the directory's names of what a claim can tell, in lower case, beside our own. */
const ALIASES: Readonly<Record<string, Source>> = {
  ...{ name: 'loginName', username: 'loginName', userprincipalname: 'loginName', uid: 'loginName' },
  ...{ mail: 'email', emailaddress: 'email', cn: 'displayName' },
  ...{ firstname: 'givenName', sn: 'familyName', lastname: 'familyName', surname: 'familyName' },
  ...{
    mobile: 'phoneNumber',
    mobilenumber: 'phoneNumber',
    telephonenumber: 'phoneNumber',
    phone: 'phoneNumber',
  },
  ...{ homepage: 'website', wwwhomepage: 'website', preferredculture: 'locale', preferredlanguage: 'locale' },
  ...{ roles: 'roles', rolenames: 'roles' },
};

const SOURCES = new Map<string, Source>([
  ...CLAIM_ATTRIBUTES.map((name): [string, Source] => [name.toLowerCase(), name]),
  ...Object.entries(ALIASES),
]);

/** The mappings a script stands for. Throws `invalid` with the line that is not understood. */
export function claimsOfScript(script: string): ClaimMapping[] {
  return script.split(/\r?\n/).flatMap((text, index) => {
    const line = text.trim();
    return line === '' || line.startsWith('//') ? [] : [claimOf(line, index + 1)];
  });
}

function claimOf(line: string, number: number): ClaimMapping {
  const refuse = (why: string) =>
    AdminError.invalid('Script', `line ${number}, "${line.slice(0, 100)}": ${why}`);
  const [, , name, , attribute] = LINE.exec(line) ?? [];
  if (name === undefined || attribute === undefined)
    throw refuse("only setClaim('X', LoginUser.Get('Y')) is understood; no code is run");
  const from = SOURCES.get(attribute.toLowerCase());
  if (!from)
    throw refuse(`there is no "${attribute}"; there are ${[...CLAIM_ATTRIBUTES, 'roles'].join(', ')}`);
  return { name, from };
}

/** Whether a script can say this mapping: it has no words for a constant, nor for a quote in a name. */
export function isScriptable({ name, from }: ClaimMapping): boolean {
  return from !== 'constant' && !name.includes("'");
}

/** The script that stands for the mappings; empty for none. */
export function scriptOfClaims(claims: readonly ClaimMapping[]): string {
  return claims
    .filter(isScriptable)
    .map(({ name, from }) => `setClaim('${name}', LoginUser.Get('${from}'));`)
    .join('\n');
}
