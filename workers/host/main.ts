// The entry of a pool thread: every task of Piscina arrives here. One thread hosts one Model instance.

import type { HostTask, TaskOutcome } from '../../src/contract/thread.ts';
import { toRecord } from '../../src/core/errors.ts';
import { HostedInstance } from './hosted-instance.ts';
import { yieldToMainThread } from './priority.ts';

// Piscina calls a plain function, so the thread's one instance has to live beside it.
let instance: HostedInstance | undefined;

/** Carries out a task. Resolves, never rejects: an error would lose its class on the way between threads. */
export default async function run(task: HostTask): Promise<TaskOutcome<unknown>> {
  try {
    return { ok: true, value: await carryOut(task) };
  } catch (error) {
    return { ok: false, error: toRecord(error) };
  }
}

async function carryOut(task: HostTask): Promise<unknown> {
  if (task.kind === 'construct') {
    yieldToMainThread();
    instance = await HostedInstance.construct(task.model, task.port, task.shared);
    return instance.description;
  }
  if (instance === undefined) throw new Error('expected a construct task first');
  switch (task.kind) {
    case 'load':
      return instance.load();
    case 'call':
      return instance.call(task.call);
    case 'health':
      return instance.isHealthy();
    case 'unload':
      return instance.unload();
  }
}
