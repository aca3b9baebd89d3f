// The responses of a server whose one model, client and clock are played by the test.

import type { RunningCall } from '../../../src/contract/executor.ts';
import { eventFrame } from '../../../src/dialects/sse.ts';
import { prepareResponse } from '../../../src/runtime/kept-response.ts';
import { ResponseStore, type ResponseStoreLimits } from '../../../src/runtime/response-store.ts';
import { StoredResponses } from '../../../src/runtime/stored-responses.ts';
import type { Submission } from '../../../src/runtime/submission.ts';
import { FakeClock } from '../../support/fake-clock.ts';

export function rig(limits: Partial<ResponseStoreLimits> = {}) {
  const clock = new FakeClock();
  const store = new ResponseStore(clock, limits);
  const lines: { message: string; fields: object }[] = [];
  const note = (message: string, fields: object = {}): void => void lines.push({ message, fields });
  const responses = new StoredResponses({ clock, store, logger: { debug: note, info: note, warn: note, error: note } });
  const credits: number[] = [];
  const running: RunningCall = { cancel() {}, credit: (bytes) => void credits.push(bytes), released: Promise.resolve() };
  const heard: string[] = [];
  /** What else the client does with a piece of its answer. */
  const client = { hears: (_bytes: Uint8Array): void => {} };
  const leaving = new AbortController();
  let admitted: Submission | undefined;
  const accept = async (submission: Submission) => {
    submission.observer.queued?.();
    return running;
  };
  const start = async (body: object, admit: (submission: Submission) => Promise<RunningCall> = accept) => {
    const asked: Submission = {
      method: 'responses',
      model: undefined,
      body: { input: 'a', background: true, ...body },
      bytes: new Uint8Array(),
      bodyKind: 'json',
      facts: {
        id: 'req_1',
        httpMethod: 'POST',
        path: '/v1/responses',
        headers: {},
        deadlineMs: 1_000,
        priority: 0,
        gather: false,
        apiKeyName: 'alice',
      },
      signal: leaving.signal,
      observer: {
        head() {},
        chunk: (bytes) => {
          heard.push(new TextDecoder().decode(bytes));
          client.hears(bytes);
        },
        end: () => void heard.push('end'),
        fail: (error) => void heard.push(`fail ${error.code}`),
      },
    };
    const prepared = prepareResponse(store, asked);
    await responses.start({
      asked,
      prepared,
      model: 'tiny',
      admit: (submission) => {
        admitted = submission;
        return admit(submission);
      },
    });
    const id = /resp_\w+/.exec(heard.join(''))?.[0] ?? '';
    if (admitted === undefined) throw new Error('expected an admitted call');
    return { id, call: admitted };
  };
  /** Loosely typed: the assertions say what it must be. */
  const object = (id: string) => JSON.parse(new TextDecoder().decode(responses.get('alice', id).response));
  return { clock, store, lines, responses, credits, heard, client, leaving, start, object };
}

export const final = (text: string) => ({ id: 'resp_model', status: 'completed', output: [{ text }] });
export const finalEvent = (text: string) =>
  eventFrame('response.completed', JSON.stringify({ type: 'response.completed', response: final(text) })).bytes;

/** A word that the model says in its stream. */
export const delta = (text: string) =>
  eventFrame('response.output_text.delta', JSON.stringify({ type: 'response.output_text.delta', delta: text })).bytes;
