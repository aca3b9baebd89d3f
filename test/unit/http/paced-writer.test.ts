import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { PacedWriter } from '../../../src/http/paced-writer.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** A response whose client takes what the test says. */
class FakeResponse extends EventEmitter {
  readonly socket: { bytesWritten: number; writableLength: number } | null = { bytesWritten: 0, writableLength: 0 };
  readonly written: number[] = [];
  isFull = false;
  writableEnded = false;
  write(bytes: Uint8Array): boolean {
    this.written.push(bytes.length);
    return !this.isFull;
  }
  end(): void {
    this.writableEnded = true;
  }
}

function rig() {
  const clock = new FakeClock();
  const response = new FakeResponse();
  const socket = { bytesWritten: 0, writableLength: 0 };
  const taken: number[] = [];
  let stalls = 0;
  const writer = new PacedWriter(
    { socket } as unknown as IncomingMessage, // the writer reads nothing else of it
    response as unknown as ServerResponse, // nor of this
    { clock, stalledWriteMs: 100, onTaken: (bytes) => void taken.push(bytes), onStall: () => void stalls++ },
  );
  return { clock, response, socket, taken, writer, stalls: () => stalls };
}

test('a large piece goes out slice by slice as the client takes it', () => {
  const { response, taken, writer } = rig();
  response.isFull = true;
  writer.write(new Uint8Array(150_000));
  writer.end();
  expect(response.written).toEqual([65_536]);
  response.emit('drain');
  response.emit('drain');
  expect([response.written, response.writableEnded]).toEqual([[65_536, 65_536, 18_928], true]);
  expect(taken).toEqual([65_536, 65_536]);
});

test('a socket that moves is watched on, one that stands is stalled', () => {
  const { clock, response, socket, writer, stalls } = rig();
  response.isFull = true;
  socket.bytesWritten = socket.writableLength = 1000; // all of it queued
  writer.write(new Uint8Array(10));
  clock.advance(99);
  socket.writableLength = 900;
  clock.advance(1);
  clock.advance(99);
  expect(stalls()).toBe(0);
  socket.bytesWritten = 2000;
  socket.writableLength = 1900; // more was queued and nothing taken
  clock.advance(1);
  expect(stalls()).toBe(1);
});

test('own bytes start the watch and are not reported', () => {
  const { clock, response, taken, writer, stalls } = rig();
  response.isFull = true;
  writer.write(new Uint8Array(3), true);
  expect(writer.isWaiting).toBe(true);
  response.emit('drain');
  expect(taken).toEqual([0]);
  writer.write(new Uint8Array(3), true);
  clock.advance(100);
  expect(stalls()).toBe(1);
});

test('dropped bytes are not written and nothing is watched', () => {
  const { clock, response, writer, stalls } = rig();
  response.isFull = true;
  writer.write(new Uint8Array(100_000));
  writer.drop();
  response.emit('drain');
  clock.advance(1000);
  expect([response.written, stalls()]).toEqual([[65_536], 0]);
});
