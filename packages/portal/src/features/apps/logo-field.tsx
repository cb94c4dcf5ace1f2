import { Button, FileButton, Group, Input, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { AppMark } from '../../ui/app-mark.js';
import { notifyDone } from '../../ui/notify.js';
import { errorText } from '../../ui/states.js';
import { saveLogo } from './app-data.js';
import type { PanelProps } from './category-panel.js';

/** The app's picture: sent when it is chosen, apart from *Save*. */
export function LogoField({ app, editing }: PanelProps) {
  const { t } = useTranslation();
  const saving = useMutation({
    mutationFn: async (file: File | null) => {
      const saved = await saveLogo({ applicationId: app.applicationId, etag: editing.etag }, file);
      await editing.takeUp(saved);
    },
    onSuccess: () => notifyDone(t('apps.logo.saved')),
  });
  return (
    <Input.Wrapper
      label={t('apps.field.logo')}
      description={t('apps.help.logo')}
      labelElement="div"
      error={saving.isError && errorText(saving.error, t)}
      errorProps={{ role: 'alert' }}
    >
      <Group gap="sm" my="xs">
        <AppMark name={app.name} logo={app.logo} large />
        <FileButton accept="image/png,image/jpeg" onChange={(file) => file && saving.mutate(file)}>
          {(props) => (
            <Button {...props} loading={saving.isPending}>
              {t(app.logo === null ? 'apps.logo.choose' : 'apps.logo.replace')}
            </Button>
          )}
        </FileButton>
        {app.logo !== null && (
          <Button onClick={() => saving.mutate(null)} disabled={saving.isPending}>
            {t('apps.logo.remove')}
          </Button>
        )}
        <Text size="xs" c="dimmed">
          {t('apps.logo.limits')}
        </Text>
      </Group>
    </Input.Wrapper>
  );
}
