import { Autocomplete, Button, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Translate } from '../../i18n/i18n.js';
import { ApiForm } from '../../ui/api-form.js';
import type { EnrolmentProps } from './enrolment.js';
import { enrolQuestions } from './my-data.js';
import { OwnPassword } from './own-password.js';

const FEWEST = 3;
const MOST = 5;
const SHORTEST = { question: 5, answer: 3 };
const SUGGESTED = ['street', 'teacher', 'pet', 'book', 'place', 'job'] as const;

interface Values extends Record<string, unknown> {
  questions: { question: string; answer: string }[];
  password: string;
}

const EMPTY = { question: '', answer: '' };

/** Security questions, as one set in place of the one before; every one of them is asked at sign-in. */
export function EnrolQuestions({ onCancel, onDone }: EnrolmentProps) {
  const { t } = useTranslation();
  const form = useForm<Values>({
    initialValues: { questions: Array.from({ length: FEWEST }, () => EMPTY), password: '' },
    validate: (values) => faultsOf(values, t),
  });
  const { questions } = form.values;
  const suggestions = SUGGESTED.map((word) => t(`my.suggested.${word}`));
  const places = questions.map((_, i) => ({ i, number: i + 1, path: `questions.${i}` }));
  const labels: Record<string, string> = { password: t('my.oldPassword') };
  for (const { number, path } of places) {
    labels[`${path}.question`] = t('my.question', { number });
    labels[`${path}.answer`] = t('my.answer', { number });
  }
  return (
    <ApiForm
      form={form}
      labels={labels}
      action={t('my.saveQuestions')}
      onCancel={onCancel}
      send={(values) => enrolQuestions(trimmed(values))}
      onDone={() => onDone(t('my.questionsSaved'))}
    >
      <Text size="sm">{t('my.questionsText')}</Text>
      {places.map(({ i, number, path }) => (
        <Stack key={path} gap="xs" align="stretch">
          <Autocomplete
            required
            {...(i === 0 ? { 'data-autofocus': true } : {})}
            label={t('my.question', { number })}
            placeholder={t('my.questionHint')}
            data={suggestions.filter((text) => !questions.some((other) => other.question === text))}
            filter={({ options }) => options}
            maxLength={200}
            {...form.getInputProps(`${path}.question`)}
          />
          <TextInput
            required
            label={t('my.answer', { number })}
            autoComplete="off"
            maxLength={200}
            {...form.getInputProps(`${path}.answer`)}
          />
          {questions.length > FEWEST && (
            <Button
              size="compact-sm"
              mr="auto"
              aria-label={t('common.removeWhat', { what: t('my.question', { number }) })}
              onClick={() => form.removeListItem('questions', i)}
            >
              {t('common.remove')}
            </Button>
          )}
        </Stack>
      ))}
      {questions.length < MOST && (
        <Button
          mr="auto"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => form.insertListItem('questions', EMPTY)}
        >
          {t('my.addQuestion')}
        </Button>
      )}
      <OwnPassword form={form} />
    </ApiForm>
  );
}

function trimmed({ questions, password }: Values) {
  return {
    password,
    questions: questions.map(({ question, answer }) => ({
      question: question.trim(),
      answer: answer.trim(),
    })),
  };
}

function faultsOf(values: Values, t: Translate): Record<string, string> {
  const faults: Record<string, string> = {};
  const { questions, password } = trimmed(values);
  for (const [i, { question, answer }] of questions.entries()) {
    if (question.length < SHORTEST.question)
      faults[`questions.${i}.question`] = t('faults.tooShort', { min: SHORTEST.question });
    if (questions.findIndex((other) => other.question === question) < i)
      faults[`questions.${i}.question`] = t('my.fault.sameQuestion');
    if (answer.length < SHORTEST.answer)
      faults[`questions.${i}.answer`] = t('faults.tooShort', { min: SHORTEST.answer });
  }
  if (password === '') faults.password = t('my.fault.oldPassword');
  return faults;
}
