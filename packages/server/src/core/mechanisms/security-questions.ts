import { normalAnswer, openQuestion, QUESTIONS_MECHANISM } from '../login/questions.js';
import type { Factor } from '../model.js';
import { type Answer, hasFactor, type Mechanism, type MechanismDeps } from './mechanism.js';

/** `SQ`: every one of the user's security questions, in one attempt. */
export function createSecurityQuestions({ store, vault, credentials }: MechanismDeps): Mechanism {
  const ofMechanism = (factors: readonly Factor[]) =>
    factors.filter(({ mechanism }) => mechanism === QUESTIONS_MECHANISM);

  /** Checks all of them whatever the first says, so that time does not tell which one was wrong. */
  async function allRight(tenantId: string, userId: string, answer: Answer): Promise<boolean> {
    const questions = ofMechanism(await store.read.users.factors(tenantId, userId));
    let isRight = questions.length > 0;
    for (const factor of questions) {
      const given = normalAnswer(answerTo(factor.id, answer, questions.length));
      const matches = await credentials.verifies(openQuestion(vault, factor).answerHash, given);
      if (!matches || given === '') isRight = false;
    }
    return isRight;
  }

  return {
    name: QUESTIONS_MECHANISM,
    answerType: 'Text',
    label: 'Security questions',
    prompt: 'Answer your security questions',
    masked: false,
    autocomplete: 'off',
    isOpenTo: (candidate) => hasFactor(candidate, QUESTIONS_MECHANISM),
    shows: ({ factors }) => ({
      questions: ofMechanism(factors).map((factor) => ({
        id: factor.id,
        text: openQuestion(vault, factor).question,
      })),
    }),
    async verify({ context, loginKey, subject, answer, final }) {
      const verify = async () => subject !== null && allRight(context.tenant.id, subject.user.id, answer);
      const right = await credentials.guarded(context, loginKey, verify, final);
      return right ? { met: true } : { met: false, detail: 'wrong or slowed-down answers' };
    },
  };
}

/** A plain string answers a single question. */
function answerTo(id: string, answer: Answer, count: number): string {
  if (typeof answer === 'string') return count === 1 ? answer : '';
  return Object.hasOwn(answer, id) ? (answer[id] ?? '') : '';
}
