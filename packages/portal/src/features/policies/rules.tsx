import { ActionIcon, Button, Group, Text, Tooltip } from '@mantine/core';
import type { AuthenticationRule, AuthenticationSettings } from '@sallyport/contract';
import { IconArrowDown, IconArrowUp, IconGripVertical, IconPlus } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../ui/section.js';
import classes from './policies.module.css';
import { ruleWarnings, type States } from './policy-warnings.js';
import { ruleText } from './policy-words.js';
import { Faults } from './profiles.js';
import { RuleDialog } from './rule-dialog.js';
import { WarningList } from './warning-list.js';

interface RulesProps {
  settings: AuthenticationSettings;
  states: States;
  mayWrite: boolean;
  /** Faults by path. */
  errors: Record<string, ReactNode>;
  onChange(rules: AuthenticationRule[]): void;
}

/** Rules in their order, which is moved by buttons or by dragging: the first that fits chooses. */
export function Rules({ settings, states, mayWrite, errors, onChange }: RulesProps) {
  const { t } = useTranslation();
  const { profiles, rules } = settings;
  /** Index of the rule in the dialog; one past the last is a new one. */
  const [editing, setEditing] = useState<number | null>(null);
  const order = useOrder(rules, onChange);
  const put = (rule: AuthenticationRule) => {
    if (editing !== null) onChange(rules.toSpliced(editing, 1, rule));
    setEditing(null);
  };
  return (
    <Section
      title={t('policies.rules')}
      lead={t('policies.rulesLead')}
      actions={
        mayWrite && (
          <Button
            leftSection={<IconPlus size={16} aria-hidden />}
            disabled={profiles.length === 0}
            onClick={() => setEditing(rules.length)}
          >
            {t('policies.addRule')}
          </Button>
        )
      }
    >
      {profiles.length === 0 && <Text size="sm">{t('policies.profileFirst')}</Text>}
      <ol className={classes.rules} aria-label={t('policies.rules')} ref={order.list}>
        {keysOf(rules).map((key, i) => (
          <li key={key} className={classes.rule} {...(mayWrite ? order.draggable(i) : {})}>
            <span className={classes.grip}>
              {mayWrite && <IconGripVertical size={16} aria-hidden />}
              <Text fw={600} component="span">
                {i + 1}
              </Text>
            </span>
            <RuleWords settings={settings} index={i} states={states} errors={errors} />
            {mayWrite && (
              <RuleActions
                index={i}
                last={rules.length - 1}
                onMove={order.move}
                onEdit={() => setEditing(i)}
                onRemove={() => onChange(rules.toSpliced(i, 1))}
              />
            )}
          </li>
        ))}
        <li className={classes.rule}>
          <span className={classes.grip} />
          <div className={classes.words}>
            <Text>{rules.length === 0 ? t('policies.everybody') : t('policies.everythingElse')}</Text>
            <Text size="sm" c="dimmed">
              {t('policies.meets', { profile: t('policies.defaultProfile') })}
            </Text>
          </div>
        </li>
      </ol>
      <span className="visually-hidden" aria-live="polite">
        {order.moved !== null && t('policies.moved', { place: order.moved + 1, count: rules.length })}
      </span>
      {editing !== null && (
        <RuleDialog
          initial={rules[editing] ?? newRule(profiles[0]?.name ?? '')}
          number={editing < rules.length ? editing + 1 : null}
          profiles={profiles.map(({ name }) => name)}
          onSave={put}
          onClose={() => setEditing(null)}
        />
      )}
    </Section>
  );
}

/** Two rules may be alike: then it is the how-manieth of them that tells them apart. */
function keysOf(rules: readonly AuthenticationRule[]): string[] {
  const texts = rules.map((rule) => JSON.stringify(rule));
  return texts.map((text, i) => `${text} ${texts.slice(0, i).filter((other) => other === text).length}`);
}

const newRule = (profile: string): AuthenticationRule => ({
  roles: [],
  apps: [],
  networks: [],
  device: 'any',
  profile,
});

interface RuleWordsProps extends Pick<RulesProps, 'settings' | 'states' | 'errors'> {
  index: number;
}

function RuleWords({ settings, index, states, errors }: RuleWordsProps) {
  const { t, i18n } = useTranslation();
  const rule = settings.rules[index];
  if (!rule) return null;
  return (
    <div className={classes.words}>
      <Text>{ruleText(rule, { t, language: i18n.language })}</Text>
      <Text size="sm" c="dimmed">
        {t('policies.meets', { profile: rule.profile })}
      </Text>
      <WarningList warnings={ruleWarnings(settings, index, states, t)} />
      <Faults errors={errors} path={`rules.${index}`} />
    </div>
  );
}

interface RuleActionsProps {
  index: number;
  last: number;
  onMove(from: number, to: number, button: 'up' | 'down'): void;
  onEdit(): void;
  onRemove(): void;
}

function RuleActions({ index, last, onMove, onEdit, onRemove }: RuleActionsProps) {
  const { t } = useTranslation();
  const number = index + 1;
  const what = t('policies.ruleNumber', { number });
  return (
    <Group gap="xs" wrap="nowrap">
      <Tooltip label={t('policies.up')}>
        <ActionIcon
          data-move={`up ${index}`}
          aria-disabled={index === 0}
          aria-label={t('policies.upWhat', { number })}
          onClick={() => index > 0 && onMove(index, index - 1, 'up')}
        >
          <IconArrowUp size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t('policies.down')}>
        <ActionIcon
          data-move={`down ${index}`}
          aria-disabled={index === last}
          aria-label={t('policies.downWhat', { number })}
          onClick={() => index < last && onMove(index, index + 1, 'down')}
        >
          <IconArrowDown size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Button
        size="compact-sm"
        data-path={`rules.${index}`}
        aria-label={t('policies.editWhat', { what })}
        onClick={onEdit}
      >
        {t('common.edit')}
      </Button>
      <Button size="compact-sm" aria-label={t('common.removeWhat', { what })} onClick={onRemove}>
        {t('common.remove')}
      </Button>
    </Group>
  );
}

/** Moving by button, with the focus staying on the button of what was moved, and by dragging. */
function useOrder(rules: AuthenticationRule[], onChange: (rules: AuthenticationRule[]) => void) {
  const list = useRef<HTMLOListElement>(null);
  const focusNext = useRef<string | null>(null);
  const [moved, setMoved] = useState<number | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);

  useEffect(() => {
    if (focusNext.current === null) return;
    list.current?.querySelector<HTMLElement>(`[data-move="${focusNext.current}"]`)?.focus();
    focusNext.current = null;
  });

  const place = (from: number, to: number) => {
    const rule = rules[from];
    if (!rule || from === to) return;
    setMoved(to);
    onChange(rules.toSpliced(from, 1).toSpliced(to, 0, rule));
  };
  return {
    list,
    moved,
    move: (from: number, to: number, button: 'up' | 'down') => {
      focusNext.current = `${button} ${to}`;
      place(from, to);
    },
    draggable: (index: number) => ({
      draggable: true,
      'data-over': over === index && dragged !== index,
      onDragStart: () => setDragged(index),
      onDragOver: (event: { preventDefault(): void }) => {
        if (dragged === null) return;
        event.preventDefault();
        setOver(index);
      },
      onDrop: (event: { preventDefault(): void }) => {
        event.preventDefault();
        if (dragged !== null) place(dragged, index);
      },
      onDragEnd: () => {
        setDragged(null);
        setOver(null);
      },
    }),
  };
}
