// Grammar threads that tell a test what they have begun, so that it moves its clock only while they are busy with that: by hand, where
// the format says what the thread does with it, or the real ones.

import { BroadcastChannel } from 'node:worker_threads';

const realThread = new URL('../../../dist/workers/grammar/grammar-thread.js', import.meta.url);

/** Text of a module; it has `sign(text)` and `told(text)`, which waits for the test to tell it. */
function prelude(channel: string): string {
  return `
    import { BroadcastChannel, parentPort, threadId } from 'node:worker_threads';
    const channel = new BroadcastChannel(${JSON.stringify(channel)});
    const sign = (text) => channel.postMessage({ text, threadId });
    const told = (text) =>
      new Promise((resolve) => channel.addEventListener('message', ({ data }) => data.tell === text && resolve(data.shared)));
    channel.addEventListener('message', ({ data }) => data.tell === 'die ' + threadId && process.exit(1));
  `;
}

/**
 * EBNF of words: `scout:WORD` and `mask:WORD` are what either thread does with it, where WORD is `hang`, `broken`, `throw`, `exit` or
 * `wait` (until told to go on). The mask allows the last token that was accepted alone; accepting 9 does what `accept:WORD` says.
 */
const byHand = `
  const asleep = new Int32Array(new SharedArrayBuffer(4));
  async function act(text, who) {
    const word = new RegExp(who + ':(\\\\w+)').exec(text)?.[1];
    if (word === 'hang') Atomics.wait(asleep, 0, 0);
    if (word === 'broken') return { type: 'broken' };
    if (word === 'throw') setImmediate(() => { throw new Error('thrown by hand'); });
    if (word === 'exit') process.exit(1);
    if (word === 'throw') await new Promise(() => {});
    if (word === 'wrong') return { type: 'refused', problem: { code: 'invalid_value', message: 'wrong', path: '.here' } };
    return undefined;
  }
  const open = new Map();
  const ready = (one) => {
    one.mask.fill(0);
    one.mask[0] = 1 << (one.accepted.at(-1) ?? 0);
    return { type: 'ready', isAccepted: true, isEnded: false };
  };
  async function answer(message) {
    if (message.type === 'try') {
      const { ebnf } = message.format;
      const waits = ebnf.includes('scout:wait') ? told('go ' + ebnf) : undefined;
      sign('try ' + ebnf);
      const shared = await waits;
      const answered = (await act(ebnf, 'scout')) ?? { type: 'written', grammar: { ebnf, side: { lengths: [], excluded: [] } } };
      return { answered, shared };
    }
    if (message.type === 'open') {
      const { id, grammar: { ebnf }, accepted, mask } = message;
      const one = { ebnf, accepted: [...accepted], mask: new Int32Array(mask) };
      open.set(id, one);
      const waits = ebnf.includes('mask:wait') ? told('go ' + ebnf) : undefined;
      sign('open ' + ebnf + ' ' + accepted.join());
      await waits;
      return { answered: (await act(ebnf, 'mask')) ?? ready(one) };
    }
    const one = open.get(message.id);
    one.accepted.push(message.what);
    sign('accept ' + one.ebnf + ' ' + message.what);
    return { answered: (message.what === 9 ? await act(one.ebnf, 'accept') : undefined) ?? ready(one) };
  }
  let last = Promise.resolve();
  parentPort.on('message', (message) => {
    if (message.type === 'close') return sign('close');
    last = last.then(() => answer(message)).then(({ answered, shared }) => {
      parentPort.postMessage(answered);
      if (shared === undefined) return;
      Atomics.store(shared, 0, 1);
      Atomics.notify(shared, 0);
    });
  });
`;

const start = "sign('up'); parentPort.postMessage({ type: 'started' });";

interface Sign {
  readonly text: string;
  readonly threadId: number;
}

/** Owns: its channel, freed by `close`. */
export class SignallingThreads {
  static #count = 0;
  readonly file: URL;
  readonly source: string;
  readonly #signs: Sign[] = [];
  readonly #channel: BroadcastChannel;
  #heard: (() => void)[] = [];

  /** `held`: they come up when they are told `start`. `real`: those of the build, which sign `try` and `open` and the like. */
  constructor(kind: 'byHand' | 'held' | 'real' = 'byHand') {
    const name = `grammar-threads-${SignallingThreads.#count++}`;
    const real = `
      import ${JSON.stringify(realThread.href)};
      parentPort.on('message', ({ type }) => sign(type));
    `;
    const held = `const waits = told('start'); sign('starting'); await waits; ${start}`;
    this.source = prelude(name) + (kind === 'real' ? real : byHand + (kind === 'held' ? held : start));
    this.file = new URL(`data:text/javascript,${encodeURIComponent(this.source)}`);
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = (message: unknown) => {
      // Sent by the threads above alone.
      this.#signs.push((message as { data: Sign }).data);
      for (const wake of this.#heard.splice(0)) wake();
    };
    this.#channel.unref();
  }

  /** Resolves when a thread has told it `count` times, and what it said to its engine before that is heard. */
  async sign(text: string, count = 1): Promise<void> {
    while (this.#toldBy(text).length < count) await new Promise<void>((resolve) => this.#heard.push(resolve));
    await turnOfTheLoop();
  }

  /** Ids of the threads that have told it so far, in order. */
  async threadsOf(text: string): Promise<number[]> {
    // A sign may come after an answer that was sent later.
    await turnOfTheLoop();
    return this.#toldBy(text);
  }

  /** What was told with such a beginning so far. */
  async signsOf(beginning: string): Promise<string[]> {
    await turnOfTheLoop();
    return this.#signs.map(({ text }) => text).filter((text) => text.startsWith(beginning));
  }

  /** `shared` is set when what was waited for is answered. */
  tell(text: string, shared?: Int32Array): void {
    this.#channel.postMessage({ tell: text, shared });
  }

  close(): void {
    this.#channel.close();
  }

  #toldBy(text: string): number[] {
    return this.#signs.filter((sign) => sign.text === text).map(({ threadId }) => threadId);
  }
}

/** Everything that was sent to this thread before is heard after it. */
export async function turnOfTheLoop(): Promise<void> {
  // The first may come before this turn looks for messages.
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
