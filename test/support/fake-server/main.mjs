// A server whose times and faults are known: what the load generator reports of it can be held to what it did. Runs in a process of
// its own, told by its parent what to do and asked by it what was done.

import { createServer } from 'node:http';
import { chat, embeddings } from './answers.mjs';
import { slotsOf } from './slots.mjs';

const defaults = {
  slots: 4,
  service_ms: 5,
  dimensions: 384,
  ttft_ms: 50,
  gap_ms: 10,
  tokens: 16,
  /** Nothing is answered for so long, once, from that many ms after the first request. */
  stall: { after_ms: 0, for_ms: 0 },
  /** The n-th request of each so many; 0: none. */
  refuse_every: 0,
  drop_every: 0,
  truncate_every: 0,
  wrong_every: 0,
  /** Memory kept for each request, for good. */
  leak_bytes: 0,
  /** A client that left is served to the end all the same. */
  ignores_leaving: false,
  /** CPU time burnt for each token. */
  burn_ms: 0,
};
const plan = { ...defaults, ...JSON.parse(process.argv[2] ?? '{}') };
const slots = slotsOf(plan.slots);
const truth = [];
const kept = [];
let stallEndsMs = 0;
let count = 0;

const nowMs = () => performance.timeOrigin + performance.now();
const every = (n) => n > 0 && count % n === 0;

/** Calls `act` at `dueMs`, or after the stall that covers it. A timer may be early by less than a millisecond, never late by design. */
function at(dueMs, act) {
  const wait = Math.max(dueMs, stallEndsMs > nowMs() ? stallEndsMs : 0) - nowMs();
  if (wait <= 0.25) act();
  else setTimeout(at, Math.max(1, Math.floor(wait)), dueMs, act);
}

function burn() {
  const end = performance.now() + plan.burn_ms;
  while (performance.now() < end);
}

const server = createServer({ keepAlive: true, noDelay: true }, (request, response) => {
  const arrivedMs = nowMs();
  count += 1;
  if (count === 1 && plan.stall.for_ms > 0) setTimeout(() => (stallEndsMs = nowMs() + plan.stall.for_ms), plan.stall.after_ms);
  if (plan.leak_bytes > 0) kept.push(Buffer.alloc(plan.leak_bytes, 1));
  const faults = {
    refuse: every(plan.refuse_every),
    drop: every(plan.drop_every),
    truncate: every(plan.truncate_every),
    wrong: every(plan.wrong_every),
  };
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () =>
    answer(request, response, JSON.parse(Buffer.concat(parts).toString() || '{}'), { arrivedMs, tokenMs: [], ...faults }),
  );
});

function answer(request, response, body, record) {
  truth.push(record);
  if (record.drop) return request.socket.destroy();
  if (record.refuse)
    return send(response, record, 429, '{"error":{"message":"expected room","type":"rate_limit_error","code":"queue_full"}}');
  let left = false;
  let started = false;
  const leaveQueue = slots.enter(() => {
    started = true;
    record.startedMs = nowMs();
    if (request.url.endsWith('/embeddings'))
      at(record.startedMs + plan.service_ms, () => finish(embeddings(body, plan.dimensions, record.wrong)));
    else generate();
  });
  response.on('close', () => {
    if (response.writableFinished) return;
    left = true;
    record.leftMs = nowMs();
    if (!started && !plan.ignores_leaving) leaveQueue();
  });
  const isGone = () => left && !plan.ignores_leaving;

  function finish(text) {
    burn();
    slots.leave();
    if (!left) send(response, record, 200, text);
  }

  function generate() {
    const tokens = record.wrong ? (body.max_tokens ?? plan.tokens) + 1 : Math.min(body.max_tokens ?? plan.tokens, 4_096);
    if (body.stream !== true)
      return at(record.startedMs + plan.ttft_ms + (tokens - 1) * plan.gap_ms, () => finish(chat.whole(body, tokens)));
    const step = (index) => {
      if (isGone()) return slots.leave();
      if (record.truncate && index === Math.ceil(tokens / 2)) {
        slots.leave();
        return response.end();
      }
      burn();
      if (index === 0) response.writeHead(200, { 'content-type': 'text/event-stream' });
      record.tokenMs.push(nowMs());
      response.write(chat.token(index));
      if (index + 1 < tokens) return at(record.startedMs + plan.ttft_ms + (index + 1) * plan.gap_ms, () => step(index + 1));
      record.endMs = nowMs();
      response.end(chat.last(body, tokens));
      slots.leave();
    };
    at(record.startedMs + plan.ttft_ms, () => step(0));
  }
}

function send(response, record, status, text) {
  record.endMs = nowMs();
  record.status = status;
  // A truncated answer says that it is longer than it is.
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  if (!record.truncate) return response.end(text);
  response.write(text.slice(0, text.length / 2));
  response.socket.end();
}

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port }));
process.on('message', () => process.send?.({ truth }));
process.on('disconnect', () => process.exit(0));
