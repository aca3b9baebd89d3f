// The entry of a client thread.

import { serveClientThread } from './thread-side.ts';
import { sourceOf } from './job-source.ts';

await serveClientThread(sourceOf);
