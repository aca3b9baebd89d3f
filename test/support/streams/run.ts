// Sends each request twice to the real model, in one piece and streamed, and compares what was told.

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { bodyOf, modelsDir, serve, type TestServer } from '../serve.ts';
import { type Told, toldStream, toldWhole } from './compared.ts';
import { type StreamableRequest, streamable } from './requests.ts';

export interface StreamRun {
  readonly requests: number;
  readonly seed: number;
  readonly onEqual?: (request: StreamableRequest, told: Told) => void;
}

/** Throws: Error with the seed and the smallest request whose stream tells something else. */
export async function compareStreams({ requests, seed, onEqual }: StreamRun): Promise<void> {
  const server = await serve([`${modelsDir}/smollm2`]);
  try {
    const holds = fc.asyncProperty(streamable, async (request) => {
      const whole = await toldOnce(server, request);
      const streamed = await toldInPieces(server, request);
      if (!isDeepStrictEqual(streamed, whole)) {
        throw new Error(`expected equal answers\n  whole:    ${JSON.stringify(whole)}\n  streamed: ${JSON.stringify(streamed)}`);
      }
      onEqual?.(request, whole);
    });
    await fc.assert(holds, { seed, numRuns: requests, includeErrorInReport: true });
  } finally {
    await server.close();
  }
}

async function toldOnce(server: TestServer, { path, body }: StreamableRequest): Promise<Told> {
  const reply = await server.post(path, body);
  const json = await bodyOf(reply);
  if (reply.status !== 200) throw new Error(`expected 200, got ${reply.status}: ${JSON.stringify(json)}`);
  return toldWhole(path, json);
}

async function toldInPieces(server: TestServer, { path, body }: StreamableRequest): Promise<Told> {
  const hasOptions = path === '/v1/chat/completions' || path === '/v1/completions';
  const reply = await server.post(path, { ...body, stream: true, ...(hasOptions ? { stream_options: { include_usage: true } } : {}) });
  const text = await reply.text();
  if (reply.status !== 200) throw new Error(`expected 200, got ${reply.status}: ${text}`);
  return toldStream(path, text);
}
