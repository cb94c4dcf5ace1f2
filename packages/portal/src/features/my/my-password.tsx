import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ApiForm } from '../../ui/api-form.js';
import { notifyDone } from '../../ui/notify.js';
import { SecretInput } from '../../ui/secret-input.js';
import { Section } from '../../ui/section.js';
import { useMe } from '../session/session.js';
import { changeMyPassword } from './my-data.js';

const EMPTY = { oldPassword: '', newPassword: '', confirmation: '' };

/** A change of one's own password. */
export function MyPassword() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { user } = useMe();
  const form = useForm({
    initialValues: EMPTY,
    validate: {
      oldPassword: (value) => (value === '' ? t('my.fault.oldPassword') : null),
      newPassword: (value) => (value === '' ? t('my.fault.newPassword') : null),
      confirmation: (value, { newPassword }) =>
        value === newPassword ? null : t('users.fault.confirmation'),
    },
  });
  const labels = {
    oldPassword: t('my.oldPassword'),
    newPassword: t('my.newPassword'),
    confirmation: t('my.confirmation'),
  };
  return (
    <Section title={t('my.password')} lead={t('my.passwordLead')}>
      <ApiForm
        form={form}
        labels={labels}
        action={t('my.changePassword')}
        send={({ oldPassword, newPassword }) => changeMyPassword({ oldPassword, newPassword })}
        onDone={() => {
          form.reset();
          void queries.invalidateQueries({ queryKey: ['me'] });
          notifyDone(t('my.passwordChanged'));
        }}
      >
        {/* Password managers store the new password under this name. */}
        <input type="hidden" autoComplete="username" value={user.loginName} />
        <SecretInput
          required
          label={labels.oldPassword}
          autoComplete="current-password"
          {...form.getInputProps('oldPassword')}
        />
        <SecretInput
          required
          label={labels.newPassword}
          description={t('my.newPasswordHint')}
          autoComplete="new-password"
          {...form.getInputProps('newPassword')}
        />
        <SecretInput
          required
          label={labels.confirmation}
          autoComplete="new-password"
          {...form.getInputProps('confirmation')}
        />
      </ApiForm>
    </Section>
  );
}
