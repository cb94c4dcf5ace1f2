// The order of test files: those that take longest begin first, so that no worker waits for one that began last.
import { BaseSequencer } from 'vitest/node';

/** By their place, longest first; the rest follows in the order that vitest finds. */
const LONGEST = [
  /\/faults\//,
  /\/cli\/(serve-faults|apply|tokens|users-and-keys)\./,
  /\/conformance\/plans\./,
  /\/portal\/test\/e2e\//,
  /\/(e2e|attacks|limits)\//,
  /\/cli\//,
];

function place(path) {
  const found = LONGEST.findIndex((pattern) => pattern.test(path));
  return found === -1 ? LONGEST.length : found;
}

export class LongestFirst extends BaseSequencer {
  async sort(files) {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => place(a.moduleId) - place(b.moduleId));
  }
}
