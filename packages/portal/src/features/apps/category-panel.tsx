import { Stack, Title } from '@mantine/core';
import type { App } from '@sallyport/contract';
import { useTranslation } from 'react-i18next';
import { TryIt } from '../try-it/try-it.js';
import { AppChangelog } from './app-changelog.js';
import type { Category } from './app-form.js';
import { Clients } from './clients.js';
import { GeneralUsage } from './general-usage.js';
import { Scope } from './scope.js';
import { Settings } from './settings.js';
import { Tokens } from './tokens.js';
import type { AppEditing } from './use-app-editing.js';
import { UserAccess } from './user-access.js';

export interface PanelProps {
  /** The app as it was read or last saved. */
  app: App;
  editing: AppEditing;
}

const PANELS = {
  settings: Settings,
  'general-usage': GeneralUsage,
  tokens: Tokens,
  scope: Scope,
  'user-access': UserAccess,
  clients: Clients,
  changelog: AppChangelog,
  'try-it': TryIt,
} satisfies Record<Category, unknown>;

export function CategoryPanel({ category, ...props }: PanelProps & { category: Category }) {
  const { t } = useTranslation();
  const Panel = PANELS[category];
  return (
    <Stack gap="lg">
      <Title order={2}>{t(`apps.category.${category}`)}</Title>
      <Panel {...props} />
    </Stack>
  );
}
