/** The whole table, as it is sent and as `docs/attacks.md` shows it. */
import { administration } from './cases/administration.js';
import { advisories } from './cases/advisories.js';
import { authorization } from './cases/authorization.js';
import { bounds } from './cases/bounds.js';
import { clients } from './cases/clients.js';
import { codesAndRefresh } from './cases/codes-and-refresh.js';
import { extensions } from './cases/extensions.js';
import { innerAddresses } from './cases/inner-addresses.js';
import { login } from './cases/login.js';
import { numbered } from './cases/numbered.js';
import { paths } from './cases/paths.js';
import { redirects } from './cases/redirects.js';
import { storedScript } from './cases/stored-script.js';
import { tokens } from './cases/tokens.js';
import { type Attack, REQUEST } from './table.js';

export const GROUPS: Record<string, readonly Attack[]> = {
  'Redirect URIs': redirects,
  'Authorization requests': authorization,
  'Codes and refresh tokens': codesAndRefresh,
  'Clients at the token endpoint': clients,
  'Tokens that nobody issued': tokens,
  'Paths, and the scopes that open them': paths,
  'Sign-in and sessions': login,
  'Administration, data and bare HTTP': administration,
  Advisories: advisories,
  'DPoP, devices, registration, client documents': extensions,
  'What comes with an answer': numbered,
  'Stored script': storedScript,
  'Inner addresses': innerAddresses,
  Numbers: bounds,
};

export const TABLE: readonly Attack[] = Object.values(GROUPS).flat();

/** What every authorization request holds that is not changed by its row. */
export const USUAL: Readonly<Record<string, string>> = REQUEST;
