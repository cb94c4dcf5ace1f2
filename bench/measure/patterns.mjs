/**
 * 50 scope patterns against one path, the server's compiled matcher beside a loop of native expressions. Runs alone:
 * patterns.mjs sallyport|native-loop SECONDS
 */
import { createPatternMatcher } from '../../packages/server/dist/core/scope-patterns.js';

const PATTERNS = Array.from({ length: 50 }, (_, n) => `api/v1/resource${n}/([a-z0-9-]+)(/part/.*)?`);
/** Opened by the last pattern: the worst case of a loop. */
const PATH = 'api/v1/resource49/0190b5a8-7c1e-7000-8000-1f2e3d4c5b6a/part/7';
const BATCH = 1000;

const MATCHERS = {
  sallyport: () => createPatternMatcher(PATTERNS),
  'native-loop': () => {
    const expressions = PATTERNS.map((pattern) => new RegExp(`^(?:${pattern})$`, 'i'));
    return { matches: (subject) => expressions.some((expression) => expression.test(subject)) };
  },
};

const [, , name, seconds] = process.argv;
const matcher = MATCHERS[name]();

/** Matches per CPU-second over `duration` seconds. */
function perCpu(duration) {
  const started = process.cpuUsage();
  const end = performance.now() + duration * 1000;
  let matches = 0;
  while (performance.now() < end) {
    for (let n = 0; n < BATCH; n++) if (matcher.matches(PATH)) matches++;
  }
  const { user, system } = process.cpuUsage(started);
  return (matches * 1e6) / (user + system);
}

perCpu(Number(seconds) / 4);
process.stdout.write(JSON.stringify({ perCpu: perCpu(Number(seconds)) }));
