import { Checkbox, NumberInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { PasswordSettings, type TenantSettings } from '@sallyport/contract';
import { useTranslation } from 'react-i18next';
import type { Translate } from '../../i18n/i18n.js';
import { LifetimeInput } from '../../ui/lifetime-input.js';

export interface TenantValues extends Omit<TenantSettings, 'passwords'> {
  passwords: Required<PasswordSettings>;
  [field: string]: unknown;
}

export const PASSWORDS_AT_FIRST: Required<PasswordSettings> = { expireAfter: 'never', remembered: 0 };
/** What is offered when passwords are to expire. */
const USUAL_AGE = '365d';
const MOST_REMEMBERED = 24;

/** How long a password lives, and how many earlier ones may not come back. */
export function PasswordFields({ form }: { form: UseFormReturnType<TenantValues> }) {
  const { t } = useTranslation();
  const { expireAfter, remembered } = form.values.passwords;
  return (
    <>
      <Checkbox
        label={t('settings.expire')}
        description={t('settings.expireHint')}
        checked={expireAfter !== 'never'}
        onChange={({ currentTarget }) =>
          form.setFieldValue('passwords.expireAfter', currentTarget.checked ? USUAL_AGE : 'never')
        }
      />
      {expireAfter !== 'never' && (
        <LifetimeInput
          label={t('settings.expireAfter')}
          description={t('settings.expireAfterHint')}
          value={expireAfter}
          error={form.errors['passwords.expireAfter']}
          data-path="passwords.expireAfter"
          onChange={(lifetime) => form.setFieldValue('passwords.expireAfter', lifetime)}
        />
      )}
      <NumberInput
        label={t('settings.remembered')}
        description={t('settings.rememberedHint', { most: MOST_REMEMBERED })}
        min={0}
        max={MOST_REMEMBERED}
        allowDecimal={false}
        maw="12rem"
        value={remembered}
        error={form.errors['passwords.remembered']}
        data-path="passwords.remembered"
        onChange={(value) => form.setFieldValue('passwords.remembered', Number(value))}
      />
    </>
  );
}

export function passwordFaults(passwords: PasswordSettings, t: Translate): Record<string, string> {
  const faults: Record<string, string> = {};
  if (!PasswordSettings.shape.expireAfter.safeParse(passwords.expireAfter).success)
    faults['passwords.expireAfter'] = t('settings.fault.expireAfter');
  if (!PasswordSettings.shape.remembered.safeParse(passwords.remembered).success)
    faults['passwords.remembered'] = t('settings.fault.remembered', { most: MOST_REMEMBERED });
  return faults;
}
