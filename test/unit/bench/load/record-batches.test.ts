import { expect, test } from 'vitest';
import { RecordBatches } from '../../../../src/bench/load/record-batches.ts';
import type { RequestRecord } from '../../../../src/bench/request-record.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

function record(index: number): RequestRecord {
  return {
    index,
    workload: 'plain',
    route: 'predict',
    isWarmup: false,
    intendedMs: 0,
    sentMs: 0,
    tokenMs: [],
    endMs: 0,
    outcome: 'ok',
    bytesSent: 0,
    bytesReceived: 0,
    items: 1,
  };
}

function batchesOf() {
  const clock = new FakeClock();
  const told: number[][] = [];
  return { clock, told, batches: new RecordBatches(clock, (records) => told.push(records.map(({ index }) => index))) };
}

test('few records are told together a tenth of a second after the first', () => {
  const { clock, told, batches } = batchesOf();
  batches.add(record(0));
  clock.advance(60);
  batches.add(record(1));
  clock.advance(39);
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual([[0, 1]]);
  clock.advance(1_000);
  expect(told).toHaveLength(1);
});

test('many records are told as soon as they are many', () => {
  const { clock, told, batches } = batchesOf();
  for (let index = 0; index < 300; index++) batches.add(record(index));
  expect(told.map((batch) => batch.length)).toEqual([256]);
  clock.advance(100);
  expect(told.map((batch) => batch.length)).toEqual([256, 44]);
});

test('a flush tells what there is, and nothing where there is nothing', () => {
  const { clock, told, batches } = batchesOf();
  batches.flush();
  batches.add(record(0));
  batches.flush();
  clock.advance(1_000);
  expect(told).toEqual([[0]]);
});
