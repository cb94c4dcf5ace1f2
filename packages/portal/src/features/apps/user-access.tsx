import { Button, Group, Input, List, Select, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { RoleSummary } from '@sallyport/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.js';
import { useAppFormContext } from './app-form.js';
import classes from './user-access.module.css';

/** Roles whose members may get tokens of the app. */
export function UserAccess() {
  const { t } = useTranslation();
  const form = useAppFormContext();
  const { roles } = form.values.userAccess;
  const set = (next: string[]) => form.setFieldValue('userAccess.roles', next);
  return (
    <>
      <Text c="dimmed">{t('apps.help.roles')}</Text>
      <RolePicker taken={roles} onPick={(role) => set([...roles, role])} />
      {roles.length === 0 ? (
        <Text>{t('apps.noRoles')}</Text>
      ) : (
        <List listStyleType="none" className={classes.roles} aria-label={t('apps.field.roles')}>
          {roles.map((role, index) => (
            <List.Item key={role} classNames={{ itemWrapper: classes.item, itemLabel: classes.item }}>
              <Group justify="space-between" wrap="nowrap">
                <div>
                  <Text fw={500}>{role}</Text>
                  {form.errors[`userAccess.roles.${index}`] && (
                    <Input.Error>{form.errors[`userAccess.roles.${index}`]}</Input.Error>
                  )}
                </div>
                <Button
                  size="compact-sm"
                  aria-label={t('common.removeWhat', { what: role })}
                  data-path={`userAccess.roles.${index}`}
                  onClick={() => set(roles.toSpliced(index, 1))}
                >
                  {t('common.remove')}
                </Button>
              </Group>
            </List.Item>
          ))}
        </List>
      )}
    </>
  );
}

function RolePicker({ taken, onPick }: { taken: readonly string[]; onPick(role: string): void }) {
  const { t } = useTranslation();
  const [words, setWords] = useState('');
  const [search] = useDebouncedValue(words.trim(), 200);
  const found = useQuery({
    queryKey: ['roles', 'pick', search],
    queryFn: () => api.page('/roles', RoleSummary, { search, limit: 20 }),
    placeholderData: keepPreviousData,
  });
  const names = (found.data?.items ?? []).map(({ name }) => name);
  return (
    <Select
      label={t('apps.addRole')}
      placeholder={t('apps.addRolePlaceholder')}
      maw="28rem"
      searchable
      value={null}
      searchValue={words}
      onSearchChange={setWords}
      data={names.filter((name) => !taken.includes(name))}
      filter={({ options }) => options}
      nothingFoundMessage={found.isSuccess ? t('apps.noRoleFound') : t('common.loading')}
      onChange={(role) => {
        if (role !== null) onPick(role);
        setWords('');
      }}
    />
  );
}
