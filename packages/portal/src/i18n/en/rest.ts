import { apps } from './apps.js';
import { audit } from './audit.js';
import { changelog } from './changelog.js';
import { my } from './my.js';
import { policies } from './policies.js';
import { roles } from './roles.js';
import { said } from './said.js';
import { settings } from './settings.js';
import { traffic } from './traffic.js';
import { tryIt } from './try-it.js';
import { users } from './users.js';

/** English: what the other pages say. */
export const rest = {
  ...apps,
  ...audit,
  ...changelog,
  ...my,
  ...policies,
  ...roles,
  ...said,
  ...settings,
  ...traffic,
  ...tryIt,
  ...users,
};
