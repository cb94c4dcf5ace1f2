import { lazy, Suspense } from 'react';
import { PageSkeleton } from '../../ui/states.js';

export interface EnrolmentProps {
  onCancel(): void;
  /** With the words to say. */
  onDone(words: string): void;
}

/** What people can add to their own account, the strongest first. */
export const ENROLMENTS = ['U2F', 'OATH', 'SMS', 'PF', 'SQ', 'RECOVERY'] as const;
export type Enrolment = (typeof ENROLMENTS)[number];

export function isEnrolment(mechanism: string): mechanism is Enrolment {
  return ENROLMENTS.some((known) => known === mechanism);
}

/** One stands in place of the one before; of the others there may be several. */
export const SINGLE: readonly Enrolment[] = ['SMS', 'PF', 'SQ', 'RECOVERY'];

const EnrolTotp = lazy(async () => ({ default: (await import('./enrol-totp.js')).EnrolTotp }));
const EnrolPasskey = lazy(async () => ({ default: (await import('./enrol-passkey.js')).EnrolPasskey }));
const EnrolPhone = lazy(async () => ({ default: (await import('./enrol-phone.js')).EnrolPhone }));
const EnrolQuestions = lazy(async () => ({ default: (await import('./enrol-questions.js')).EnrolQuestions }));
const NewRecoveryCodes = lazy(async () => ({
  default: (await import('./recovery-codes.js')).NewRecoveryCodes,
}));

/** The form that adds a second factor, loaded when it is first opened. */
export function EnrolmentForm({ mechanism, ...props }: EnrolmentProps & { mechanism: Enrolment }) {
  return <Suspense fallback={<PageSkeleton />}>{formOf(mechanism, props)}</Suspense>;
}

function formOf(mechanism: Enrolment, props: EnrolmentProps) {
  if (mechanism === 'OATH') return <EnrolTotp {...props} />;
  if (mechanism === 'U2F') return <EnrolPasskey {...props} />;
  if (mechanism === 'SQ') return <EnrolQuestions {...props} />;
  if (mechanism === 'RECOVERY') return <NewRecoveryCodes {...props} />;
  return <EnrolPhone {...props} mechanism={mechanism} />;
}
