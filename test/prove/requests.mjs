// What a client asks of a running server in a proof, over its real socket.

import { readFileSync } from 'node:fs';

// Loading takes seconds; a machine under load gets a minute.
const readyLimitMs = 60_000;
const requestLimitMs = 60_000;

/** Asks for readiness until it is there. Returns the milliseconds that took. */
export async function untilReady(url) {
  const started = performance.now();
  for (;;) {
    const reply = await fetch(`${url}/readyz`).catch(() => undefined);
    const elapsedMs = Math.round(performance.now() - started);
    if (reply?.status === 200) return elapsedMs;
    if (elapsedMs > readyLimitMs)
      throw new Error(`expected /readyz to answer 200 within ${readyLimitMs} ms, got ${reply?.status ?? 'no answer'}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Cosine of one embedding with the fp32 reference of the same text. */
export async function embeddingCosine(url) {
  const { texts } = JSON.parse(readFileSync(new URL('../golden/minilm.json', import.meta.url), 'utf8'));
  const { text, embedding } = texts.find(({ text }) => text !== '');
  const { data } = await post(url, '/v1/embeddings', { model: 'minilm', input: text });
  const reference = new Float32Array(new Uint8Array(Buffer.from(embedding, 'base64')).buffer);
  const norm = (vector) => Math.hypot(...vector);
  const dot = reference.reduce((sum, value, index) => sum + value * data[0].embedding[index], 0);
  return dot / (norm(reference) * norm(data[0].embedding));
}

export async function chatText(url, content) {
  const { choices } = await post(url, '/v1/chat/completions', { messages: [{ role: 'user', content }], temperature: 0 });
  return choices[0].message.content;
}

/** Opens a stream that goes on for many seconds, and resolves at its first bytes. `rest` reads to its end, however it ends. */
export async function openStream(url) {
  const messages = [{ role: 'user', content: 'Write a very long story about the sea.' }];
  const body = JSON.stringify({ messages, temperature: 0, max_tokens: 4000, stream: true });
  const reply = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!reply.ok) throw new Error(`expected a stream, got status ${reply.status}`);
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value ?? '';
  const ended = readOn();
  async function readOn() {
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
    } catch {
      // A killed server resets the connection: what came until then is the rest.
    }
  }
  return {
    async rest() {
      await ended;
      return text;
    },
  };
}

async function post(url, path, body) {
  const reply = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(requestLimitMs),
  });
  if (!reply.ok) throw new Error(`expected ${path} to answer 200, got ${reply.status}`);
  return reply.json();
}
