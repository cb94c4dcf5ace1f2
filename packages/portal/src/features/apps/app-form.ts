/** The form of one app, shared by the categories of its configuration screen. */

import { createFormContext } from '@mantine/form';
import { AppInput } from '@sallyport/contract';
import { schemaFaults } from '../../ui/schema-faults.js';
import { cleaned } from './app-data.js';

export const [AppFormProvider, useAppFormContext, useAppForm] = createFormContext<AppInput>();

/** Faults by path, by the contract; what only the server can know it says after *Save*. */
export const validateApp = (values: AppInput) => schemaFaults(AppInput)(cleaned(values));

/** The categories of the configuration screen, at the left, in order; also the last part of its address. */
export const CATEGORIES = [
  'settings',
  'general-usage',
  'tokens',
  'scope',
  'user-access',
  'clients',
  'changelog',
  'try-it',
] as const;
export type Category = (typeof CATEGORIES)[number];

const SECTION_CATEGORY: Record<string, Category> = {
  generalUsage: 'general-usage',
  tokens: 'tokens',
  scope: 'scope',
  userAccess: 'user-access',
};

/** Fields that stand elsewhere than their section. */
const FIELD_CATEGORY: Record<string, Category> = {
  'generalUsage.registration': 'clients',
  'generalUsage.clientMetadataDocuments': 'clients',
};

/** Category on which a field stands. */
export function categoryOf(field: string): Category {
  const own = FIELD_CATEGORY[field];
  if (own) return own;
  return SECTION_CATEGORY[field.split('.', 1)[0] ?? ''] ?? 'settings';
}

export function isCategory(word: string | undefined): word is Category {
  return CATEGORIES.some((category) => category === word);
}
