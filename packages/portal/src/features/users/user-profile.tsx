import { Checkbox, Fieldset, Group, Text, TextInput } from '@mantine/core';
import type { User } from '@sallyport/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Versioned } from '../../api.js';
import { ApiForm } from '../../ui/api-form.js';
import { Copyable } from '../../ui/copyable.js';
import { notifyDone } from '../../ui/notify.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { Section } from '../../ui/section.js';
import { UnsavedGuard } from '../../ui/unsaved-guard.js';
import { useEdited } from '../../ui/use-edited.js';
import { useRight } from '../session/session.js';
import { changeUser, userQuery } from './user-data.js';
import { emailFault, loginPartFault } from './user-faults.js';

function valuesOf({ loginName, email, displayName, description, confidentialClient }: User) {
  return { loginName, email, displayName, description, confidentialClient };
}

/** Names, address and status of a user that exists. */
export function UserProfile({ read }: { read: Versioned<User> }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayWrite = useRight('User Management');
  const { form, base, take, takeSaved } = useEdited({
    read,
    valuesOf,
    validate: {
      loginName: (name) => loginPartFault(name.replace(/@.*$/s, ''), t),
      email: (address) => emailFault(address, t),
      displayName: (name) => (name.trim() === '' ? t('users.fault.displayName') : null),
    },
  });
  const { value: user, etag } = base;
  const { confidentialClient } = user;
  const labels = {
    loginName: t('users.loginName'),
    email: t('users.email'),
    displayName: t('users.displayName'),
    description: t('users.description'),
  };
  return (
    <Section title={t('users.part.profile')}>
      <ApiForm
        form={form}
        labels={labels}
        action={t('common.save')}
        mayWrite={mayWrite}
        send={(values) => changeUser(user.id, values, etag)}
        reread={() => void queries.fetchQuery({ ...userQuery(user.id), staleTime: 0 }).then(take)}
        onDone={(saved, sent) => {
          takeSaved(saved, sent);
          queries.setQueryData(userQuery(user.id).queryKey, saved);
          void queries.invalidateQueries({ queryKey: ['users'] });
          void queries.invalidateQueries({ queryKey: ['changes'] });
          notifyDone(t('users.saved', { name: saved.value.loginName }));
        }}
      >
        <Fieldset variant="unstyled" disabled={!mayWrite}>
          <TextInput
            required
            label={labels.loginName}
            description={confidentialClient ? t('users.loginNameIsClientId') : undefined}
            autoComplete="off"
            {...form.getInputProps('loginName')}
          />
          <TextInput
            required
            mt="md"
            type="email"
            label={labels.email}
            autoComplete="off"
            {...form.getInputProps('email')}
          />
          <TextInput
            required
            mt="md"
            label={labels.displayName}
            autoComplete="off"
            {...form.getInputProps('displayName')}
          />
          <TextInput
            mt="md"
            label={labels.description}
            description={t('users.descriptionHint')}
            autoComplete="off"
            {...form.getInputProps('description')}
          />
          <Fieldset legend={t('users.status')} mt="md">
            <Checkbox
              label={t('users.isClient')}
              description={
                form.values.confidentialClient === confidentialClient
                  ? t('users.isClientHint')
                  : t('users.isClientChanges')
              }
              {...form.getInputProps('confidentialClient', { type: 'checkbox' })}
            />
          </Fieldset>
        </Fieldset>
      </ApiForm>
      <Text size="sm" c="dimmed" component="div">
        {t('users.created')} <RelativeTime at={user.createdAt} />
        <Group gap="xs">
          {t('users.id')} <Copyable value={user.id} what={t('users.id')} />
        </Group>
      </Text>
      <UnsavedGuard dirty={form.isDirty()} />
    </Section>
  );
}
