/** Roles and administrative rights as rows of the vendor's. protocol 4 and 7.2 */
import { RIGHTS, type Right, type Role } from '@sallyport/contract';
import { AdminError } from '../../core/errors.js';
import { type Row, withoutBlanks } from './envelope.js';

/** The vendor's files of rights that its clients name; the others are named after the right. */
const KNOWN_PATHS: Partial<Record<Right, string>> = {
  'Application Management': '/lib/rights/appman.json',
  'Role Management': '/lib/rights/roleman.json',
};

export function roleRow({ id, name, description, rights, builtIn }: Role): Row {
  return withoutBlanks({
    ID: id,
    Name: name,
    RoleName: name,
    Description: description,
    ReadOnly: builtIn,
    AdministrativeRights: rights.map((right) => ({ ...rightRow(right), ServiceName: 'Sallyport' })),
  });
}

export function rightRow(right: Right): { Description: Right; Path: string } {
  return { Description: right, Path: pathOf(right) };
}

/** The right that a path, or its description, means. Throws `invalid`. */
export function rightNamed(text: string): Right {
  const wanted = text.toLowerCase();
  const found = RIGHTS.find(
    (right) => pathOf(right).toLowerCase() === wanted || right.toLowerCase() === wanted,
  );
  if (!found) throw AdminError.invalid('Path', `"${text}" is no administrative right here`);
  return found;
}

function pathOf(right: Right): string {
  return KNOWN_PATHS[right] ?? `/lib/rights/${right.toLowerCase().replaceAll(' ', '')}.json`;
}
