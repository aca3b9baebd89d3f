// Model threads step behind the HTTP thread, which has little to do but must do it at once.

import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

// Nice value of model threads: enough for the scheduler to let the HTTP thread in, too little to starve them.
const modelThreadNice = 5;

/** On Linux a thread id is accepted where a process id is asked for. Elsewhere, or without the right, nothing changes. */
export function yieldToMainThread(): void {
  if (process.platform !== 'linux') return;
  try {
    const thread = readlinkSync('/proc/thread-self').split('/').at(-1);
    setPriority(Number(thread), modelThreadNice);
  } catch {
    // A container may hide /proc; the server is then only a little less prompt under load.
  }
}
