/** The steps after the first: which mechanism, and what each asks for. */
import type { VNode } from 'preact';
import type { OfferedMechanism } from '../../core/login/package.js';
import type { Shown } from '../../core/mechanisms/mechanism.js';
import { Card } from '../pages/layout.js';
import { QrCode } from '../pages/qr-code.js';
import { type Text, useWords, type Words } from '../pages/words.js';
import { Form, type LoginForm, loginPath, Say, Submit } from './login-page.js';

const PLAIN_ENTRY = { type: 'text' } as const;
const MASKED_ENTRY = { type: 'password' } as const;
/** A code is digits to type, shown wide. */
const CODE_ENTRY = { type: 'text', inputMode: 'numeric', class: 'code' } as const;

/** How an answer is spelt, so that a slip is told from a wrong answer, which ends the sign-in, before it is sent. */
interface Shape {
  pattern: string;
  title: Text;
}
const SIX_DIGITS: Shape = { pattern: '\\s*(\\d\\s*){6}', title: 'The code has six digits.' };
const SHAPES: Readonly<Record<string, Shape>> = {
  OATH: SIX_DIGITS,
  EMAIL: SIX_DIGITS,
  SMS: SIX_DIGITS,
  OTP: SIX_DIGITS,
  RECOVERY: {
    pattern: '[\\s\\-]*([a-zA-Z0-9][\\s\\-]*){10}',
    title: 'The code has ten letters and digits.',
  },
};

export interface ChallengeForm extends LoginForm {
  /** The login under way, sealed to this browser. */
  transaction: string;
}

/** Several mechanisms would do: the person picks one. */
export function ChoicePage({
  mechanisms,
  ...form
}: ChallengeForm & { mechanisms: OfferedMechanism[] }): VNode {
  const words = useWords();
  return (
    <Card tenant={form.tenant} heading={words.say('One more step')}>
      <Form {...form}>
        <Carried {...form} />
        {form.remember && <input type="hidden" name="remember" value="true" />}
        <input type="hidden" name="action" value="choose" />
        <Say {...form} otherwise={words.say('How do you want to confirm that it is you?')} />
        <Identity {...form} />
        <div class="choices">
          {mechanisms.map(({ id, label, address }) => (
            <button class="button" type="submit" name="mechanism" value={id} key={id}>
              {words.told(label)}
              {address && <span class="fine">{address}</span>}
            </button>
          ))}
        </div>
      </Form>
    </Card>
  );
}

export interface AnswerForm extends ChallengeForm {
  mechanism: OfferedMechanism;
  shown: Pick<Shown, 'number' | 'options'>;
  /** Whether another mechanism would do as well. */
  hasOthers: boolean;
}

/** One mechanism, chosen and started. */
export function AnswerPage(form: AnswerForm): VNode {
  const { mechanism, shown, hasOthers, tenant } = form;
  const words = useWords();
  const isElsewhere = mechanism.answerType === 'StartOob' || mechanism.name === 'OTP';
  const isOutOfBand = mechanism.address !== undefined || isElsewhere;
  return (
    <Card tenant={tenant} heading={words.say(mechanism.name === 'RESET' ? 'New password' : 'One more step')}>
      <Form {...form}>
        <Carried {...form} />
        <input type="hidden" name="mechanism" value={mechanism.id} />
        {shown.number && <input type="hidden" name="number" value={shown.number} />}
        <Say {...form} otherwise={instruction(words, mechanism)} />
        <Identity {...form} />
        {shown.number && <Approval {...form} number={shown.number} />}
        {shown.options && <div id="key" data-options={JSON.stringify(shown.options)} />}
        <Fields mechanism={mechanism} />
        {mechanism.autocomplete === 'new-password' && <Reveal />}
        <Remember {...form} isAsked={form.knowsDevices && mechanism.name !== 'RESET'} />
        {mechanism.answerType === 'StartOob' ? (
          <Submit text={words.say('I have confirmed it')} action="poll" />
        ) : (
          <Submit text={words.say(mechanism.name === 'U2F' ? 'Use my passkey' : 'Continue')} />
        )}
        {(isOutOfBand || hasOthers) && (
          <p class="ways" id={isOutOfBand ? 'waiting' : undefined}>
            {isOutOfBand && <Way action="retry" text={again(mechanism)} />}
            {isOutOfBand && mechanism.answerType !== 'StartOob' && (
              <Way action="poll" text={isElsewhere ? 'I have confirmed it' : 'I have opened the link'} />
            )}
            {hasOthers && <Way action="other" text="Use another way" />}
          </p>
        )}
      </Form>
    </Card>
  );
}

/** The number to type on the other device, and the way to the page that asks for it there. */
function Approval({ number, approvalsUrl }: AnswerForm & { number: string }): VNode {
  const { say } = useWords();
  return (
    <>
      <p class="number" role="img" aria-label={`${say('Number to type on the other device')}: ${number}`}>
        {number}
      </p>
      <p class="elsewhere">
        <QrCode text={approvalsUrl} label={say('QR code of {address}', { address: approvalsUrl })} />
        <a href={approvalsUrl}>{approvalsUrl}</a>
      </p>
    </>
  );
}

/** What to do, for each mechanism that needs saying. */
const INSTRUCTIONS: Readonly<Record<string, Text>> = {
  OATH: 'Open your authenticator app and type the code it shows.',
  OTP: 'On a device where you are signed in, open this page (or scan it) and type the number there.',
  U2F: 'Use the passkey or security key that you added to your account.',
  SQ: 'Answer all of your security questions.',
  RECOVERY: 'Type one of the codes that you wrote down. Each works once.',
  RESET: 'Choose a new password to go on.',
};

/** The same, where it names an address once that may be shown. */
const SENT_TO: Readonly<Record<string, readonly [Text, Text]>> = {
  EMAIL: [
    'A mail is on its way. Type its code, or open its link.',
    'A mail is on its way to {address}. Type its code, or open its link.',
  ],
  SMS: [
    'A text message is on its way. Type its code, or open its link.',
    'A text message is on its way to {address}. Type its code, or open its link.',
  ],
  PF: [
    'You are being called. Take the call and confirm it.',
    'You are being called at {address}. Take the call and confirm it.',
  ],
};

function instruction({ say }: Words, { name, address }: OfferedMechanism): string {
  const sent = SENT_TO[name];
  if (sent) return address === undefined ? say(sent[0]) : say(sent[1], { address });
  return say(INSTRUCTIONS[name] ?? 'One more step.');
}

/** How to have it sent once more. */
function again({ name }: OfferedMechanism): Text {
  if (name === 'OTP') return 'Another number';
  return name === 'PF' ? 'Call again' : 'Send again';
}

function Fields({ mechanism }: { mechanism: OfferedMechanism }): VNode | null {
  const { name, answerType, prompt, questions } = mechanism;
  const words = useWords();
  if (answerType === 'StartOob') return null;
  if (name === 'U2F')
    return (
      <>
        <input type="hidden" id="answer" name="answer" value="" />
        <noscript>
          <p class="say error">
            {words.say('A passkey needs a browser that runs scripts. Use another way.')}
          </p>
        </noscript>
      </>
    );
  if (questions === undefined)
    return <Field mechanism={mechanism} id="answer" name="answer" label={words.told(prompt)} />;
  return (
    <>
      {questions.map(({ id, text }, i) => (
        <Field
          mechanism={mechanism}
          id={i === 0 ? 'answer' : `answer-${i}`}
          name={`answer.${id}`}
          label={text}
          key={id}
        />
      ))}
    </>
  );
}

/** A new password is typed once: its script shows this, and the password while it is ticked. */
function Reveal(): VNode {
  const { say } = useWords();
  return (
    <label class="choice" id="reveal" hidden>
      <input type="checkbox" />
      {say('Show the password')}
    </label>
  );
}

/** The device is known next time, to rules that ask for it. */
function Remember({ remember, isAsked }: LoginForm & { isAsked: boolean }): VNode | null {
  const { say } = useWords();
  if (!isAsked) return remember ? <input type="hidden" name="remember" value="true" /> : null;
  return (
    <label class="choice">
      <input type="checkbox" name="remember" value="true" checked={remember} />
      {say('Remember this device')}
    </label>
  );
}

function Field(props: { mechanism: OfferedMechanism; id: string; name: string; label: string }): VNode {
  const { mechanism, id, name, label } = props;
  const isCode = mechanism.autocomplete === 'one-time-code';
  const words = useWords();
  const shape = SHAPES[mechanism.name];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        autocomplete={mechanism.autocomplete}
        autocapitalize="none"
        spellcheck={false}
        {...(mechanism.masked ? MASKED_ENTRY : isCode ? CODE_ENTRY : PLAIN_ENTRY)}
        {...(shape && { pattern: shape.pattern, title: words.say(shape.title) })}
        required
        autofocus={id === 'answer'}
      />
    </div>
  );
}

/** Another thing to do than to answer; it works without what the fields ask for. */
function Way({ action, text }: { action: string; text: Text }): VNode {
  const { say } = useWords();
  return (
    <button class="way" type="submit" name="action" value={action} formNoValidate>
      {say(text)}
    </button>
  );
}

function Carried({ transaction, username, persistent }: ChallengeForm): VNode {
  return (
    <>
      <input type="hidden" name="transaction" value={transaction} />
      <input type="hidden" name="username" value={username} />
      <input type="hidden" name="persistent" value={String(persistent)} />
    </>
  );
}

/** The name that is signing in, and the way out for anybody else. */
function Identity({ username, cloudRedirect }: LoginForm): VNode | null {
  const { say } = useWords();
  if (username === '') return null;
  return (
    <p class="identity">
      <strong>{username}</strong>
      <a href={loginPath(cloudRedirect)}>{say('not you?')}</a>
    </p>
  );
}
