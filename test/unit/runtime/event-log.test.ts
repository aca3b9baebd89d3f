import { expect, test } from 'vitest';
import { EventLog, weightOfEvents } from '../../../src/runtime/event-log.ts';

const frame = (length: number) => new Uint8Array(length);

test('an event weighs what it costs beside its bytes', () => {
  const log = new EventLog();
  log.append(frame(10), frame(20));
  log.end('whole', frame(30));
  expect([log.length, log.bytes]).toEqual([3, weightOfEvents([frame(10), frame(20), frame(30)])]);
  // 400,000 events of 210 bytes were measured at 691 bytes of resident memory each.
  expect(weightOfEvents([frame(210)])).toBeGreaterThanOrEqual(672);
});

test('nobody hears the last events without the end', () => {
  const log = new EventLog();
  const heard: unknown[] = [];
  log.onChange(() => heard.push([log.length, log.ended]));
  log.append(frame(1));
  log.end('failed', frame(1), frame(1));
  log.end('whole', frame(1));
  log.append(frame(1));
  expect(heard).toEqual([
    [1, undefined],
    [3, { kind: 'failed' }],
  ]);
});
