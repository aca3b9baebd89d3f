// What the fake server answers: the bytes of each route, made once where they can be.

const vectors = new Map();

/** A JSON number list for a text: the same for the same text, another one for nearly every other. */
function vectorOf(text, dimensions) {
  let hash = 2_166_136_261;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619) >>> 0;
  const key = hash % 256;
  const known = vectors.get(key);
  if (known !== undefined) return known;
  const numbers = Array.from({ length: dimensions }, (_, at) => Number(Math.sin((key + 1) * (at + 1) * 0.37).toFixed(6)));
  const made = JSON.stringify(numbers);
  vectors.set(key, made);
  return made;
}

/** The body of an embeddings answer. `wrong`: one vector too few. */
export function embeddings(body, dimensions, wrong) {
  const texts = Array.isArray(body.input) ? body.input : [body.input];
  const rows = (wrong ? texts.slice(1) : texts).map(
    (text, index) => `{"object":"embedding","index":${index},"embedding":${vectorOf(String(text), dimensions)}}`,
  );
  const tokens = texts.reduce((sum, text) => sum + String(text).split(' ').length, 0);
  return `{"object":"list","model":"fake","data":[${rows.join(',')}],"usage":{"prompt_tokens":${tokens},"total_tokens":${tokens}}}`;
}

const word = (index) => ` w${index % 10}`;
const usage = (body, count) => {
  const prompt = JSON.stringify(body.messages ?? '').split(' ').length;
  return { prompt_tokens: prompt, completion_tokens: count, total_tokens: prompt + count };
};
const event = (value) => `data: ${JSON.stringify(value)}\n\n`;
const base = { id: 'chatcmpl-fake', object: 'chat.completion.chunk', created: 1, model: 'fake' };

export const chat = {
  whole(body, count) {
    const content = Array.from({ length: count }, (_, index) => word(index)).join('');
    return JSON.stringify({
      ...base,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'length' }],
      usage: usage(body, count),
    });
  },
  token: (index) =>
    event({
      ...base,
      choices: [{ index: 0, delta: index === 0 ? { role: 'assistant', content: word(0) } : { content: word(index) }, finish_reason: null }],
    }),
  last(body, count) {
    const finish = event({ ...base, choices: [{ index: 0, delta: {}, finish_reason: 'length' }] });
    const counted = body.stream_options?.include_usage === true ? event({ ...base, choices: [], usage: usage(body, count) }) : '';
    return `${finish}${counted}data: [DONE]\n\n`;
  },
};
