/** What the kernel says of a process and its descendants. Linux alone. */
import { readFileSync } from 'node:fs';

/** Clock ticks a second in /proc: `sysconf(_SC_CLK_TCK)`, 100 on every Linux that Node runs on. */
const TICKS = 100;

function lines(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The process and its descendants. */
function tree(pid) {
  const children = lines(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(tree)];
}

/** CPU seconds, user and system, of all threads of all processes so far. @see proc(5), fields utime and stime */
export function cpuSeconds(pid) {
  const ticks = tree(pid).map((one) => {
    const fields = lines(`/proc/${one}/stat`).split(') ').at(-1).split(' ');
    return fields.length > 12 ? Number(fields[11]) + Number(fields[12]) : 0;
  });
  return ticks.reduce((sum, count) => sum + count, 0) / TICKS;
}

/** Resident memory of all processes, in MiB. */
export function residentMib(pid) {
  const kib = tree(pid).map((one) => Number(/VmRSS:\s+(\d+)/.exec(lines(`/proc/${one}/status`))?.[1] ?? 0));
  return kib.reduce((sum, size) => sum + size, 0) / 1024;
}
