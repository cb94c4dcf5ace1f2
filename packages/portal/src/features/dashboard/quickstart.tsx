import { Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRemembered } from './remembered.js';
import { STEPS } from './steps.js';

/** The splash of the first visit. *Skip* leaves the checklist on the dashboard. */
export function Quickstart() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [seen, remember] = useRemembered('quickstart');
  const start = () => {
    remember();
    void navigate({ to: '/manage/apps' });
  };
  return (
    <Modal
      opened={!seen}
      onClose={remember}
      title={t('dashboard.quickstart')}
      size="lg"
      withCloseButton={false}
    >
      <Stack>
        <Text>{t('dashboard.quickstartText')}</Text>
        <List type="ordered" spacing="xs">
          {STEPS.map((step) => (
            <List.Item key={step}>{t(`dashboard.step.${step}`)}</List.Item>
          ))}
        </List>
        <Text size="sm" c="dimmed">
          {t('dashboard.quickstartLater')}
        </Text>
        <Group justify="flex-end">
          <Button onClick={remember}>{t('dashboard.skip')}</Button>
          <Button variant="filled" data-autofocus onClick={start}>
            {t('dashboard.start')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
