/**
 * The one way in which property tests run: seeded, so that a failure comes again, and longer when somebody asks for it.
 * CONTRIBUTING.md says how.
 */
import { relative } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';

const {
  SALLYPORT_TEST_FUZZ_RUNS: runs = '30',
  SALLYPORT_TEST_FUZZ_SECONDS: seconds = '0',
  SALLYPORT_TEST_FUZZ_SEED: seed = '9700',
  SALLYPORT_TEST_FUZZ_PATH: path,
} = process.env;

/** Where every property begins; what is drawn beside a property begins there too. */
export const SEED = Number(seed);
/** Milliseconds a property may take. */
export const TIME = 30_000 + Number(runs) * 200 + Number(seconds) * 1_500;

/**
 * Checks the rule on inputs of one seed, and on those of further seeds while there is time. What fails is told with
 * the command that makes it fail again.
 *
 * @param times how many times as many inputs are tried as of a property that asks a server
 */
export async function holds<T>(
  inputs: fc.Arbitrary<T>,
  rule: (input: T) => Promise<void> | void,
  times = 1,
): Promise<void> {
  const property = fc.asyncProperty(inputs, async (input) => {
    await rule(input);
  });
  const end = performance.now() + Number(seconds) * 1_000;
  for (let each = SEED; each === SEED || performance.now() < end; each++) {
    const outcome = await fc.check(property, {
      seed: each,
      numRuns: Number(runs) * times,
      // Whoever makes it fail again is shown the smallest input that does.
      ...(path === undefined ? { endOnFailure: true } : { path }),
    });
    if (outcome.failed) throw failureOf(outcome);
  }
}

function failureOf<T>(outcome: fc.RunDetails<T>): Error {
  const { testPath = '', currentTestName = '' } = expect.getState();
  const [title = ''] = currentTestName.split(' > ').slice(-1);
  const pattern = title.replace(/[^\w ,]/g, '.');
  const again =
    `SALLYPORT_TEST_FUZZ_SEED=${outcome.seed} SALLYPORT_TEST_FUZZ_PATH=${outcome.counterexamplePath} ` +
    `npx vitest run ${relative(process.cwd(), testPath)} -t "${pattern}"`;
  const cause = outcome.errorInstance;
  return new Error(`${fc.defaultReportMessage(outcome)}\n\nIt fails again by:\n${again}`, { cause });
}

/** A text in which some characters were lost, doubled or replaced. */
export function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(400), fc.nat(3), fc.string({ unit: 'binary', maxLength: 3 }));
  return fc.tuple(text, fc.array(change, { maxLength: 4 })).map(([whole, changes]) =>
    changes.reduce((now, [place, lost, put]) => {
      const at = now.length === 0 ? 0 : place % (now.length + 1);
      return now.slice(0, at) + put + now.slice(at + lost);
    }, whole),
  );
}

/** Words of a language, in any order. */
export function sentence(...words: string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((list) => list.join(' '));
}

/** What may stand in a header at all: a client would not send anything else. */
export const headerText = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => (code === 0x7f ? ' ' : String.fromCharCode(code))),
  maxLength: 120,
});

/** One or two of the members alone, so that what else is looked at is as it should be. */
export function fewOf<T extends object>(
  members: { [K in keyof T]: fc.Arbitrary<T[K]> },
): fc.Arbitrary<Record<string, unknown>> {
  const names = fc.subarray(Object.keys(members), { minLength: 1, maxLength: 2 });
  return fc
    .tuple(fc.record(members), names)
    .map(([all, chosen]) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => chosen.includes(name))),
    );
}

/** Any text at all. */
export const junk = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 }));

/** The text as it can be encoded: half a pair of surrogates stands for nothing. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
