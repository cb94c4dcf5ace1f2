/**
 * A scraper reaches any one of the workers behind a port and means all of them: the one that is asked has the first
 * process pass the question on, and answers for all that answer in time.
 */
import cluster, { type Worker } from 'node:cluster';
import type { FamilySnapshot, Metrics } from '../kit/metrics.js';

/** Milliseconds that a worker has to answer; one that hangs is left out. */
const PATIENCE = 300;

interface Question {
  metricsFor: string;
  asker: number;
}
interface Answer extends Question {
  snapshot: FamilySnapshot[];
}

function isQuestion(message: unknown): message is Question {
  return typeof message === 'object' && message !== null && 'metricsFor' in message;
}

function isAnswer(message: unknown): message is Answer {
  return isQuestion(message) && 'snapshot' in message;
}

/** In the first process: hands questions to the other workers, and answers to the one that asked. */
export function passMetricsOn(): void {
  cluster.on('message', (from: Worker, message: unknown) => {
    if (isAnswer(message)) cluster.workers?.[message.asker]?.send(message);
    else if (isQuestion(message))
      for (const worker of Object.values(cluster.workers ?? {}))
        if (worker && worker.id !== from.id) worker.send({ ...message, asker: from.id });
  });
}

/** In a worker: how it answers the others, and asks them. */
export function shareMetrics(metrics: Metrics): () => Promise<FamilySnapshot[][]> {
  let number = 0;
  const asked = new Map<string, FamilySnapshot[][]>();
  process.on('message', (message: unknown) => {
    if (isAnswer(message)) asked.get(message.metricsFor)?.push(message.snapshot);
    else if (isQuestion(message))
      void metrics.snapshot().then((snapshot) => process.send?.({ ...message, snapshot }));
  });
  return async () => {
    const metricsFor = `${process.pid}-${number++}`;
    const heard: FamilySnapshot[][] = [await metrics.snapshot()];
    asked.set(metricsFor, heard);
    process.send?.({ metricsFor, asker: 0 });
    await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    asked.delete(metricsFor);
    return heard;
  };
}
