/** What the figures were measured on. */
import { cpus, loadavg, totalmem } from 'node:os';

export function describeMachine() {
  const all = cpus();
  return {
    cores: all.length,
    model: all[0]?.model.trim() ?? 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    /** Running and waiting processes over the last 15 minutes; ours are two or three of them. */
    load: Number(loadavg()[2].toFixed(1)),
  };
}
