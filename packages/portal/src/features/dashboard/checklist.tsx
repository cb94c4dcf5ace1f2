import { Button, Skeleton, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../ui/links.js';
import { Section } from '../../ui/section.js';
import { useRight } from '../session/session.js';
import classes from './checklist.module.css';
import { useRemembered } from './remembered.js';
import { type Progress, STEPS, type Step, useProgress } from './steps.js';

/** The walkthrough with what is done ticked off, until all of it is or the reader hides it. */
export function Checklist() {
  const { t } = useTranslation();
  const [hidden, hide] = useRemembered('checklist-hidden');
  const progress = useProgress();
  const complete = progress?.done.size === STEPS.length;
  useEffect(() => {
    if (complete) hide();
  }, [complete, hide]);
  if (hidden || complete || progress === null) return null;
  if (progress === undefined) return <Skeleton h={400} />;
  return (
    <Section
      title={t('dashboard.checklist')}
      lead={t('dashboard.checklistLead', { done: progress.done.size, all: STEPS.length })}
      actions={
        <Button size="compact-sm" onClick={hide}>
          {t('dashboard.hide')}
        </Button>
      }
    >
      <ol className={classes.list}>
        {STEPS.map((step, index) => (
          <li key={step} className={classes.step}>
            <Marker number={index + 1} done={progress.done.has(step)} />
            <div>
              <StepLink step={step} progress={progress} />
              <Text size="sm" c="dimmed">
                {t(`dashboard.stepHint.${step}`)}
              </Text>
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Marker({ number, done }: { number: number; done: boolean }) {
  const { t } = useTranslation();
  return (
    <span className={classes.marker} data-done={done}>
      {done ? <IconCheck size={16} aria-hidden /> : number}
      {done && <span className="visually-hidden">{t('dashboard.done')}</span>}
    </span>
  );
}

const CATEGORY = { usage: 'general-usage', scope: 'scope', access: 'user-access' } as const;

/** A step leads to where it is done: in the newest app, once there is one. */
function StepLink({ step, progress: { app } }: { step: Step; progress: Progress }) {
  const { t } = useTranslation();
  const mayCreateUsers = useRight('User Management');
  const words = t(`dashboard.step.${step}`);
  if (step === 'client' && !mayCreateUsers) return <Text>{words}</Text>;
  if (step === 'client') return <TextLink to="/manage/users/new">{words}</TextLink>;
  if (step === 'app' || app === undefined) return <TextLink to="/manage/apps">{words}</TextLink>;
  const category = step === 'token' ? 'settings' : CATEGORY[step];
  return (
    <TextLink
      to="/manage/apps/$applicationId/{-$category}"
      params={{ applicationId: app.applicationId, category }}
    >
      {words}
    </TextLink>
  );
}
