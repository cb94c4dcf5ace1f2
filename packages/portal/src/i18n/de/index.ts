import type { Catalogue } from '../i18n.js';
import { account } from './account.js';
import { approvals } from './approvals.js';
import { apps } from './apps.js';
import { audit } from './audit.js';
import { changelog } from './changelog.js';
import { common } from './common.js';
import { dashboard } from './dashboard.js';
import { jump } from './jump.js';
import { my } from './my.js';
import { policies } from './policies.js';
import { roles } from './roles.js';
import { settings } from './settings.js';
import { traffic } from './traffic.js';
import { tryIt } from './try-it.js';
import { users } from './users.js';

export const de: Catalogue = {
  ...account,
  ...approvals,
  ...apps,
  ...audit,
  ...changelog,
  ...common,
  ...jump,
  ...dashboard,
  ...my,
  ...policies,
  ...roles,
  ...settings,
  ...traffic,
  ...tryIt,
  ...users,
};
