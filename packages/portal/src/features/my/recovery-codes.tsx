import { Alert, Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconDownload, IconPrinter } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiForm } from '../../ui/api-form.js';
import { CopyButton } from '../../ui/copy-button.js';
import { UnsavedGuard } from '../../ui/unsaved-guard.js';
import { useMe } from '../session/session.js';
import type { EnrolmentProps } from './enrolment.js';
import { newRecoveryCodes } from './my-data.js';
import { OwnPassword } from './own-password.js';
import classes from './recovery-codes.module.css';

/** New recovery codes after the password, shown this once. */
export function NewRecoveryCodes({ onCancel, onDone }: EnrolmentProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [codes, setCodes] = useState<string[] | null>(null);
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: (password) => (password === '' ? t('my.fault.oldPassword') : null) },
  });
  if (codes) return <Codes codes={codes} onKept={() => onDone(t('my.codesMade'))} />;
  return (
    <ApiForm
      form={form}
      labels={{ password: t('my.oldPassword') }}
      action={t('my.makeCodes')}
      onCancel={onCancel}
      send={({ password }) => newRecoveryCodes(password)}
      onDone={(made) => {
        setCodes(made);
        void queries.invalidateQueries({ queryKey: ['me'] });
      }}
    >
      <Text size="sm">{t('my.codesText')}</Text>
      <OwnPassword form={form} autoFocus />
    </ApiForm>
  );
}

function Codes({ codes, onKept }: { codes: string[]; onKept(): void }) {
  const { t } = useTranslation();
  const { user, tenant } = useMe();
  const [kept, setKept] = useState(false);
  const heading = t('my.codesOf', { name: user.loginName, tenant: tenant.name });
  const text = [heading, '', ...codes, '', t('my.codesOnce')].join('\n');
  return (
    <Stack>
      <UnsavedGuard dirty={!kept} loss="secret" />
      <Alert color="yellow">
        <Text size="sm">{t('secret.once')}</Text>
      </Alert>
      <div className={classes.sheet}>
        <Text size="sm" mb="xs">
          {heading}
        </Text>
        <ul className={classes.codes} aria-label={t('my.codes')}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <Text size="sm" mt="xs">
          {t('my.codesOnce')}
        </Text>
      </div>
      <Group gap="sm">
        <CopyButton value={text} what={t('my.codes')} worded />
        <Button
          size="compact-sm"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => download(text, 'recovery-codes.txt')}
        >
          {t('my.download')}
        </Button>
        <Button
          size="compact-sm"
          leftSection={<IconPrinter size={16} aria-hidden />}
          onClick={() => window.print()}
        >
          {t('my.print')}
        </Button>
      </Group>
      <Checkbox
        label={t('secret.kept')}
        checked={kept}
        onChange={({ currentTarget }) => setKept(currentTarget.checked)}
      />
      <Group justify="flex-end">
        <Button variant="filled" disabled={!kept} onClick={onKept}>
          {t('common.done')}
        </Button>
      </Group>
    </Stack>
  );
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
