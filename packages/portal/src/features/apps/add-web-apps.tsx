/** The *Add Web Apps* popup: pick a template, confirm, close, and land on the configuration screen. */
import { Alert, Badge, Button, Group, Modal, Stack, Tabs, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from '../../ui/states.js';
import { type Adding, addFromTemplate } from './add-app.js';
import classes from './add-web-apps.module.css';

const TEMPLATES = [
  { key: 'client', template: 'OAuth2Client' },
  { key: 'server', template: 'OAuth2Server' },
  { key: 'mcp', template: 'OAuth2Server', preset: 'MCP' },
] as const;

export function AddWebApps({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<Adding | null>(null);
  const closing = useRef<HTMLButtonElement>(null);
  const answered = useRef<Adding | null>(null);
  const adding = useMutation({
    mutationFn: addFromTemplate,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['apps', 'list'] }),
    onSettled: (added) => {
      // What opened the question adds nothing any more.
      if (added) closing.current?.focus();
      setAsking(null);
    },
  });

  const close = () => {
    const added = adding.data;
    adding.reset();
    onClose();
    if (added)
      void navigate({
        to: '/manage/apps/$applicationId/{-$category}',
        params: { applicationId: added.applicationId, category: 'settings' },
      });
  };
  const add = () => {
    // A double click is one answer.
    if (asking === null || answered.current === asking) return;
    answered.current = asking;
    adding.mutate(asking);
  };
  const rows = (search: string) => (
    <Templates search={search} added={adding.data && adding.variables} onAdd={setAsking} />
  );
  return (
    <>
      <Modal
        opened={opened}
        onClose={close}
        closeOnEscape={asking === null}
        title={t('apps.addWebApps')}
        size="lg"
      >
        <Tabs defaultValue="custom" keepMounted={false}>
          <Tabs.List>
            <Tabs.Tab value="search">{t('apps.add.search')}</Tabs.Tab>
            <Tabs.Tab value="custom">{t('apps.add.custom')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="search" pt="md">
            <Search>{rows}</Search>
          </Tabs.Panel>
          <Tabs.Panel value="custom" pt="md">
            {rows('')}
          </Tabs.Panel>
        </Tabs>
        {adding.isError && (
          <Alert color="red" role="alert" mt="md">
            {errorText(adding.error, t)}
          </Alert>
        )}
        {adding.data && (
          <Alert role="status" mt="md">
            {t('apps.add.added', { name: adding.data.name })}
          </Alert>
        )}
        <Group justify="flex-end" mt="lg">
          <Button ref={closing} onClick={close}>
            {t('common.close')}
          </Button>
        </Group>
      </Modal>
      <Modal
        opened={asking !== null}
        onClose={() => setAsking(null)}
        title={t('apps.add.confirmTitle')}
        centered
      >
        <Text mb="lg">{t('apps.add.confirm', { template: asking?.name ?? '' })}</Text>
        <Group justify="flex-end">
          <Button onClick={() => setAsking(null)}>{t('common.no')}</Button>
          <Button variant="filled" data-autofocus loading={adding.isPending} onClick={add}>
            {t('common.yes')}
          </Button>
        </Group>
      </Modal>
    </>
  );
}

function Search({ children }: { children(search: string): React.ReactNode }) {
  const { t } = useTranslation();
  const [words, setWords] = useState('');
  return (
    <Stack>
      <TextInput
        type="search"
        label={t('apps.add.searchLabel')}
        value={words}
        data-autofocus
        onChange={({ currentTarget }) => setWords(currentTarget.value)}
      />
      {children(words.trim().toLowerCase())}
    </Stack>
  );
}

interface TemplatesProps {
  search: string;
  /** What was just added. */
  added: Adding | undefined;
  onAdd(adding: Adding): void;
}

function Templates({ search, added, onAdd }: TemplatesProps) {
  const { t } = useTranslation();
  const found = TEMPLATES.filter(({ key }) => t(`apps.template.${key}`).toLowerCase().includes(search));
  if (found.length === 0) return <Text c="dimmed">{t('list.noMatch')}</Text>;
  return (
    <ul className={classes.templates}>
      {found.map(({ key, ...row }) => (
        <li key={key} className={classes.template}>
          <div>
            <Text fw={500}>{t(`apps.template.${key}`)}</Text>
            <Text size="sm" c="dimmed">
              {t(`apps.add.about.${key}`)}
            </Text>
          </div>
          {added?.name === t(`apps.template.${key}`) && (
            <Badge variant="default">{t('apps.add.isAdded')}</Badge>
          )}
          <Button
            disabled={added !== undefined}
            aria-label={t('apps.add.addWhat', { template: t(`apps.template.${key}`) })}
            onClick={() => onAdd({ ...row, name: t(`apps.template.${key}`) })}
          >
            {t('common.add')}
          </Button>
        </li>
      ))}
    </ul>
  );
}
