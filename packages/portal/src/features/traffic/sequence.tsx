/** One flow as one picture: who asked whom, what came back, and why. Each step opens. */
import { UnstyledButton } from '@mantine/core';
import type { TrafficStep } from '@sallyport/contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './sequence.module.css';
import { StepDetail } from './step-detail.js';
import { answerWords, decisionWords, requestWords } from './step-words.js';

interface SequenceProps {
  steps: readonly TrafficStep[];
  /** The step that stands open. */
  open: string | null;
  onOpen(id: string | null): void;
}

export function Sequence({ steps, open, onOpen }: SequenceProps) {
  const { t } = useTranslation();
  const opened = useRef<HTMLElement>(null);
  // The step that a link or a failure points at may be far down.
  useEffect(() => {
    opened.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <div className={classes.picture}>
      <div className={classes.heads} aria-hidden>
        <span>{t('traffic.lane.browser')}</span>
        <span>Sallyport</span>
        <span>{t('traffic.lane.client')}</span>
      </div>
      <ol className={classes.steps} aria-label={t('traffic.steps')}>
        {steps.map((step) => (
          <li key={step.id} className={classes.step}>
            <Row step={step} isOpen={step.id === open} onToggle={(next) => onOpen(next ? step.id : null)} />
            {step.id === open && (
              <section
                ref={opened}
                id={`step-${step.id}`}
                className={classes.detail}
                aria-label={requestWords(step)}
              >
                <StepDetail step={step} />
              </section>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

interface RowProps {
  step: TrafficStep;
  isOpen: boolean;
  onToggle(open: boolean): void;
}

function Row({ step, isOpen, onToggle }: RowProps) {
  const { t, i18n } = useTranslation();
  const time = new Intl.DateTimeFormat(i18n.language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  });
  return (
    <UnstyledButton
      className={classes.row}
      data-lane={step.lane}
      data-failed={step.failed}
      aria-expanded={isOpen}
      aria-controls={isOpen ? `step-${step.id}` : undefined}
      onClick={() => onToggle(!isOpen)}
    >
      <span className={classes.arrows}>
        <span className="visually-hidden">{t('traffic.asks', { who: t(`traffic.lane.${step.lane}`) })}</span>
        <span className={classes.request}>{requestWords(step)}</span>
        <span className={classes.answer}>{answerWords(step)}</span>
      </span>
      <span className={classes.words}>
        <time className={classes.time} dateTime={step.at}>
          {time.format(new Date(step.at))}
        </time>
        {step.failed && <IconAlertTriangle size={16} aria-label={t('traffic.failed')} />}
        <span className={classes.decision}>{decisionWords(step.checks, t)}</span>
      </span>
    </UnstyledButton>
  );
}
