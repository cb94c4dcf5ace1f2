import { Button, Checkbox, Code, Group, Input, Table, Text } from '@mantine/core';
import type { ScopeDefinition } from '@sallyport/contract';
import { IconPlus } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { putList } from '../../ui/lines.js';
import { useAppFormContext } from './app-form.js';
import classes from './scope.module.css';
import { ScopeDialog } from './scope-dialog.js';
import { ScopeTester } from './scope-tester.js';
import { TokenTester } from './token-tester.js';

const NEW: ScopeDefinition = { name: '', description: '', restRegex: [], default: false };

export function Scope() {
  const { t } = useTranslation();
  const form = useAppFormContext();
  const { definitions } = form.values.scope;
  const isOwnApi = form.values.template === 'OAuth2Client';
  /** Index of the definition in the dialog; one past the last is a new one. */
  const [editing, setEditing] = useState<number | null>(null);

  const add = useRef<HTMLButtonElement>(null);
  const put = (definition: ScopeDefinition) => {
    if (editing !== null) putList(form, 'scope.definitions', definitions.toSpliced(editing, 1, definition));
    setEditing(null);
  };
  return (
    <>
      <Checkbox
        label={t('apps.field.userMustConfirm')}
        description={t('apps.help.userMustConfirm')}
        {...form.getInputProps('scope.userMustConfirm', { type: 'checkbox' })}
      />
      <Checkbox
        label={t('apps.field.allowScopeSelection')}
        description={t('apps.help.allowScopeSelection')}
        disabled={!form.values.scope.userMustConfirm}
        {...form.getInputProps('scope.allowScopeSelection', { type: 'checkbox' })}
      />
      <section aria-labelledby="scope-definitions">
        <Group justify="space-between" mb="xs">
          <Text id="scope-definitions" fw={600} component="h3">
            {t('apps.field.definitions')}
          </Text>
          <Button
            leftSection={<IconPlus size={16} aria-hidden />}
            data-path="scope.definitions"
            ref={add}
            onClick={() => setEditing(definitions.length)}
          >
            {t('common.add')}
          </Button>
        </Group>
        {definitions.length === 0 ? (
          <Text c="dimmed">{t(isOwnApi ? 'apps.scope.empty' : 'apps.scope.emptyServer')}</Text>
        ) : (
          <Definitions
            edit={setEditing}
            remove={(index) => {
              putList(form, 'scope.definitions', definitions.toSpliced(index, 1));
              add.current?.focus();
            }}
          />
        )}
      </section>
      {isOwnApi && definitions.length > 0 && <ScopeTester definitions={definitions} />}
      {isOwnApi && <TokenTester />}
      {editing !== null && (
        <ScopeDialog
          initial={definitions[editing] ?? NEW}
          others={definitions.filter((_, index) => index !== editing).map(({ name }) => name)}
          isOwnApi={isOwnApi}
          onSave={put}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}

interface DefinitionsProps {
  edit(index: number): void;
  remove(index: number): void;
}

function Definitions({ edit, remove }: DefinitionsProps) {
  const { t } = useTranslation();
  const form = useAppFormContext();
  const rows = form.values.scope.definitions.map((definition, index) => ({ definition, index }));
  const faultOf = (index: number) =>
    Object.entries(form.errors).find(([field]) => field.startsWith(`scope.definitions.${index}.`))?.[1];
  return (
    <Table aria-labelledby="scope-definitions">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t('apps.scope.name')}</Table.Th>
          <Table.Th scope="col" className={classes.wide}>
            {t('apps.scope.description')}
          </Table.Th>
          <Table.Th scope="col">{t('apps.scope.restRegex')}</Table.Th>
          <Table.Th scope="col">
            <span className="visually-hidden">{t('apps.scope.actions')}</span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ definition, index }) => (
          <Table.Tr key={definition.name}>
            <Table.Td className={classes.name}>
              <Text fw={500}>{definition.name}</Text>
              {definition.default && (
                <Text size="xs" c="dimmed">
                  {t('apps.scope.isDefault')}
                </Text>
              )}
              {faultOf(index) && <Input.Error>{faultOf(index)}</Input.Error>}
            </Table.Td>
            <Table.Td className={classes.wide}>{definition.description}</Table.Td>
            <Table.Td className={classes.opens}>
              <ul className={classes.patterns}>
                {definition.restRegex.map((pattern) => (
                  <li key={pattern}>
                    <Code>{pattern}</Code>
                  </li>
                ))}
              </ul>
            </Table.Td>
            <Table.Td className={classes.actions}>
              <Group gap="xs" justify="flex-end">
                <Button
                  size="compact-sm"
                  data-path={`scope.definitions.${index}`}
                  aria-label={t('apps.scope.edit', { name: definition.name })}
                  onClick={() => edit(index)}
                >
                  {t('common.edit')}
                </Button>
                <Button
                  size="compact-sm"
                  aria-label={t('common.removeWhat', { what: definition.name })}
                  onClick={() => remove(index)}
                >
                  {t('common.remove')}
                </Button>
              </Group>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
