import { account } from './account.js';
import { approvals } from './approvals.js';
import { common } from './common.js';
import { dashboard } from './dashboard.js';
import { jump } from './jump.js';

/** English: what the frames and the dashboard say. */
export const first = {
  ...account,
  ...approvals,
  ...common,
  ...dashboard,
  ...jump,
};
