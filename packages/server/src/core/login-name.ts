/**
 * The one canonical form of a login name: compatibility-normalised, case-folded. Stored in a unique column and the
 * only form ever compared, so that look-alike spellings meet one account and one lockout.
 */
export function foldLoginName(loginName: string): string {
  return loginName.normalize('NFKC').trim().toLowerCase().normalize('NFKC');
}

/** The canonical form of a name that is unique without regard to case: roles, application ids. */
export function foldName(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
