/** The passwords of a declaration, hashed before its transaction: that may take long, and a transaction may run twice. */
import type { DeclaredUser } from '@sallyport/contract';
import { outranks } from '../access.js';
import { readSubject } from '../directory.js';
import { AdminError, type FieldFault } from '../errors.js';
import type { Credentials } from '../login/credentials.js';
import { passwordFault } from '../login/password-policy.js';
import { foldLoginName } from '../login-name.js';
import type { User } from '../model.js';
import type { Reader } from '../ports.js';
import type { Administrator } from './authority.js';
import { refuse } from './faults.js';

/** What to store for one declared password. */
export interface DeclaredSecret {
  /** The stored hash it was compared with; null when there was none. */
  basis: string | null;
  /** The same as `basis` when the password verified against it. */
  hash: string;
}

interface Deps {
  read: Reader;
  credentials: Pick<Credentials, 'hashChosen' | 'verifies'>;
}

/** By folded login name. Throws `invalid` with every fault. */
export async function prepareSecrets(
  { read, credentials }: Deps,
  tenantId: string,
  by: Administrator,
  users: readonly DeclaredUser[],
): Promise<Map<string, DeclaredSecret>> {
  const secrets = new Map<string, DeclaredSecret>();
  const faults: FieldFault[] = [];
  for (const [i, declared] of users.entries()) {
    if (declared.password === undefined) continue;
    const key = foldLoginName(declared.loginName);
    const user = await read.users.findByLoginKey(tenantId, key);
    if (user) await requireGuessable(read, by, user);
    const basis = user?.passwordHash ?? null;
    if (basis !== null && (await credentials.verifies(basis, declared.password))) {
      secrets.set(key, { basis, hash: basis });
      continue;
    }
    const message = await passwordFault(declared.password, named(declared, user));
    if (message !== null) faults.push({ field: `users.${i}.password`, message });
    else secrets.set(key, { basis, hash: await credentials.hashChosen(declared.password) });
  }
  refuse(faults);
  return secrets;
}

function named({ loginName, displayName, email }: DeclaredUser, user: User | null) {
  return {
    loginName,
    displayName: displayName ?? user?.displayName ?? '',
    email: email ?? user?.email ?? '',
  };
}

/** Whether a password verifies is itself an answer: nobody may ask it about a user above them. Rule 16. */
async function requireGuessable(read: Reader, by: Administrator, user: User): Promise<void> {
  if (outranks(by.rights, (await readSubject(read, user)).rights)) return;
  throw new AdminError('forbidden', `${user.loginName} holds an administrative right that you lack`);
}
