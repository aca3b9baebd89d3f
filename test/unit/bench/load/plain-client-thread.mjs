// A client thread of the build with requests of its own, because tests have no scenario to make them from.

import { serveClientThread } from '../../../../dist/src/bench/load/thread-side.js';

const answer = () => ({ head: () => undefined, data: () => 0, end: () => ({ outcome: 'ok' }) });

await serveClientThread((job) => {
  if (job.baseDir === 'broken') throw new Error('no texts in that folder');
  return (index) => ({ workload: 'plain', route: 'predict', path: `/${index}`, headers: {}, body: 'text', items: 1, answer });
});
