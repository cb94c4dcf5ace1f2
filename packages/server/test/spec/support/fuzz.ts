/** How the property tests run: seeded, so that a failure comes again; longer when somebody asks for it. */
import fc from 'fast-check';

const { SALLYPORT_TEST_FUZZ_RUNS: runs, SALLYPORT_TEST_FUZZ_SEED: seed } = process.env;

/** `SALLYPORT_TEST_FUZZ_RUNS` is the number of inputs per property, `SALLYPORT_TEST_FUZZ_SEED` begins elsewhere. */
export const RUNS = {
  seed: seed === undefined ? 9700 : Number(seed),
  numRuns: runs === undefined ? 50 : Number(runs),
  endOnFailure: true,
} as const;

/** Milliseconds a property may take. */
export const TIME = 30_000 + RUNS.numRuns * 200;

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
