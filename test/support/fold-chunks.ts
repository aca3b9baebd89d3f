// Folds the chunks of an OpenAI stream into the whole reply they stand for, the way clients do. What breaks a client throws here.

export interface WireChoice {
  readonly index: number;
  readonly finish_reason: string | null;
  readonly [key: string]: unknown;
}

export type WireObject = Readonly<Record<string, unknown>>;

interface Call {
  readonly id: string;
  readonly type: string;
  readonly function: { name: string; arguments: string };
}

interface Message {
  role: string;
  content: string;
  refusal: null;
  tool_calls?: Call[];
  function_call?: { name: string; arguments: string };
}

/** The whole choices, by index. Throws: where a chunk comes before the role of its choice, or a choice goes on after its finish. */
export function foldChat(chunks: readonly WireObject[]): readonly object[] {
  const choices = new Map<number, { message: Message; tokens: object[] | undefined; finish: string | undefined }>();
  for (const { index, delta, logprobs, finish_reason } of chunks.flatMap(choicesOf)) {
    const piece = delta as WireObject; // Our own chunks; what is missing shows in the folded reply.
    if (!choices.has(index)) {
      if (piece['role'] !== 'assistant') throw new Error(`choice ${index} begins without a role`);
      choices.set(index, { message: { role: 'assistant', content: '', refusal: null }, tokens: undefined, finish: undefined });
    }
    const choice = choices.get(index);
    if (choice === undefined || choice.finish !== undefined) throw new Error(`choice ${index} goes on after its finish`);
    if (typeof piece['content'] === 'string') choice.message.content += piece['content'];
    for (const part of (piece['tool_calls'] ?? []) as (Partial<Call> & { index: number })[]) foldCall(choice.message, part);
    if (piece['function_call'] !== undefined) foldFunction(choice.message, piece['function_call'] as Partial<Call['function']>);
    if (logprobs !== null) choice.tokens = [...(choice.tokens ?? []), ...(logprobs as { content: object[] }).content];
    if (finish_reason !== null) {
      if (Object.keys(piece).length > 0) throw new Error('the finish does not stand alone');
      choice.finish = finish_reason;
    }
  }
  return [...choices].sort(byIndex).map(([index, { message, tokens, finish }]) => {
    const called = message.tool_calls !== undefined || message.function_call !== undefined;
    return {
      index,
      message: called && message.content === '' ? { ...message, content: null } : message,
      logprobs: tokens === undefined ? null : { content: tokens, refusal: null },
      finish_reason: finish,
    };
  });
}

export function foldCompletions(chunks: readonly WireObject[]): readonly object[] {
  const choices = new Map<number, { text: string; logprobs: Record<string, unknown[]> | null; finish: string | null }>();
  for (const { index, text, logprobs, finish_reason } of chunks.flatMap(choicesOf)) {
    const choice = choices.get(index) ?? { text: '', logprobs: null, finish: null };
    choices.set(index, choice);
    if (choice.finish !== null) throw new Error(`choice ${index} goes on after its finish`);
    choice.text += String(text);
    choice.finish = finish_reason;
    if (logprobs === null) continue;
    const lists = Object.entries(logprobs as Record<string, unknown[]>);
    choice.logprobs = Object.fromEntries(lists.map(([key, list]) => [key, [...(choice.logprobs?.[key] ?? []), ...list]]));
  }
  return [...choices].sort(byIndex).map(([index, { text, logprobs, finish }]) => ({ text, index, logprobs, finish_reason: finish }));
}

function choicesOf(chunk: WireObject): readonly WireChoice[] {
  return chunk['choices'] as readonly WireChoice[]; // Our own chunks.
}

function foldCall(message: Message, { index, id, type, function: piece }: Partial<Call> & { index: number }): void {
  message.tool_calls ??= [];
  const known = message.tool_calls[index];
  if (known !== undefined) {
    if (id !== undefined || type !== undefined) throw new Error('a call begins twice');
    known.function.arguments += piece?.arguments ?? '';
    return;
  }
  if (id === undefined || type === undefined || piece?.arguments !== '') throw new Error('a call begins without its id, or with arguments');
  message.tool_calls[index] = { id, type, function: { ...piece } };
}

function foldFunction(message: Message, { name, arguments: text = '' }: Partial<Call['function']>): void {
  if (message.function_call === undefined) {
    if (name === undefined) throw new Error('a call begins without its name');
    message.function_call = { name, arguments: text };
  } else {
    message.function_call.arguments += text;
  }
}

function byIndex([a]: readonly [number, unknown], [b]: readonly [number, unknown]): number {
  return a - b;
}
