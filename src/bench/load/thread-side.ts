// The thread's side of a client thread: does what it is told, and tells of its records.

import { parentPort, workerData } from 'node:worker_threads';
import type { RequestSource } from '../prepared-request.ts';
import type { ClientThreadData, FromClientThread, ToClientThread } from './client-messages.ts';
import { LoadClient } from './load-client.ts';
import type { LoadJob } from './load-job.ts';
import { clockFrom } from './run-clock.ts';
import { SharedCounts } from './shared-counts.ts';

/** Throws, and so ends the thread with the error: what the source throws. */
export async function serveClientThread(sourceOf: (job: LoadJob) => RequestSource): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('expected to run in a worker thread');
  // The other side of this parse edge is `WorkerClient`, of the same build.
  const { job, share, counts, originMonotonicMs } = workerData as ClientThreadData;
  const tell = (message: FromClientThread): void => port.postMessage(message);
  const client = new LoadClient({
    job,
    share,
    source: sourceOf(job),
    counts: new SharedCounts(counts),
    clock: clockFrom(originMonotonicMs),
    onRecords: (records) => tell({ type: 'records', records }),
  });
  const start = new Promise<number>((resolve) => {
    port.on('message', (message: ToClientThread) => {
      if (message.type === 'measure') resolve(message.startMs);
      else client.stop();
    });
  });
  await client.warmUp();
  tell({ type: 'warm' });
  tell({ type: 'measured', figures: await client.measure(await start) });
  await client.close();
  port.close();
}
