// Preloaded into a server under proof: measures its main thread from inside and answers over the process channel.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

// Worker threads preload it as well.
if (isMainThread && process.send !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  process.on('message', (message) => {
    if (message === 'reset') delay.reset();
    const ms = (nanoseconds) => nanoseconds / 1e6;
    process.send({
      p50Ms: ms(delay.percentile(50)),
      p99Ms: ms(delay.percentile(99)),
      maxMs: ms(delay.max),
      rssMib: process.memoryUsage().rss / 2 ** 20,
    });
  });
  // The channel alone must not keep a stopped server alive.
  process.channel?.unref();
}
