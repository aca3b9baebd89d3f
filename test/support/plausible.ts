// Whether an answer to a request of the documentation is one that its reader expects to see.

/** What is wrong with the body of a successful answer; undefined when it is plausible. */
export function implausible(request: string, body: string): string | undefined {
  const items = body.startsWith('data: ') || body.startsWith('event: ') ? eventData(body) : [parsed(body)];
  if (items.includes(undefined)) return 'expected JSON';
  if (/"stream": ?true/.test(request) && !/(data: \[DONE\]|event: message_stop\ndata: .*)\s*$/.test(body))
    return 'expected a stream that ends with its terminator';
  if (/\/embeddings\b/.test(request)) return implausibleVectors(items[0]);
  if (/\/(count|input)_tokens\b/.test(request)) return Object(items[0]).input_tokens > 0 ? undefined : 'expected a count of tokens';
  if (/\/(completions|responses|messages)\b/.test(request)) {
    const text = generated(items);
    if (text.trim() === '') return 'expected generated text';
    if (request.includes('capital of France') && !text.includes('Paris')) return `expected the capital of France to be Paris, got: ${text}`;
  }
  return JSON.stringify(items) === '[{}]' || items.length === 0 ? 'expected an answer with something in it' : undefined;
}

function eventData(body: string): unknown[] {
  const lines = body.split('\n').filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]');
  return lines.map((line) => parsed(line.slice('data: '.length)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function implausibleVectors(reply: unknown): string | undefined {
  const data = Object(reply).data;
  if (!Array.isArray(data) || data.length === 0) return 'expected a list of embeddings';
  const vectors = data.map((item: unknown) => Object(item).embedding);
  const fine = vectors.every((vector) => Array.isArray(vector) && vector.length > 1 && Math.abs(lengthOf(vector) - 1) < 0.001);
  return fine ? undefined : 'expected vectors of unit length';
}

function lengthOf(vector: readonly number[]): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

/** The text, and the arguments of calls, in the places where the routes put them: whole replies and pieces of streams. */
function generated(items: readonly unknown[]): string {
  const places = new Set(['content', 'text', 'delta', 'arguments']);
  const walk = (value: unknown, key: string): string => {
    if (typeof value === 'string') return places.has(key) ? value : '';
    if (typeof value !== 'object' || value === null) return '';
    return Object.entries(value)
      .map(([name, member]) => walk(member, Array.isArray(value) ? key : name))
      .join('');
  };
  return items.map((item) => walk(item, '')).join('');
}
