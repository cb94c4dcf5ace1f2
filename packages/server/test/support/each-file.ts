/** Before every file of tests. */
import { lendKeys } from './rsa-keys.js';

lendKeys();
