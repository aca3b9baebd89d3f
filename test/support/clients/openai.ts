// Stands in for the `openai` package in examples of the documentation: the same call, the same request, the same stream of chunks.
// The package itself is no dependency, because the current one needs Node 22 and `npm start` installs development packages too.

import { eventsOf, postJson } from './post-json.ts';

interface ChatBody {
  readonly model: string;
  readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }[];
  readonly max_tokens?: number;
  readonly temperature?: number;
}

interface ChatCompletion {
  readonly choices: readonly { readonly message: { readonly content: string | null } }[];
}

interface ChatCompletionChunk {
  readonly choices: readonly { readonly delta: { readonly content?: string | null } }[];
}

class Completions {
  readonly #post: (path: string, body: object) => Promise<Response>;

  constructor(post: (path: string, body: object) => Promise<Response>) {
    this.#post = post;
  }

  create(body: ChatBody & { readonly stream: true }): Promise<AsyncIterable<ChatCompletionChunk>>;
  create(body: ChatBody): Promise<ChatCompletion>;
  async create(body: ChatBody): Promise<ChatCompletion | AsyncIterable<ChatCompletionChunk>> {
    const reply = await this.#post('/chat/completions', body);
    if (!('stream' in body)) return reply.json() as Promise<ChatCompletion>; // what the route documents
    return eventsOf(reply) as AsyncIterable<ChatCompletionChunk>; // what the route documents
  }
}

export default class OpenAI {
  readonly chat: { readonly completions: Completions };

  constructor(options: { readonly baseURL: string; readonly apiKey: string }) {
    const headers = { authorization: `Bearer ${options.apiKey}` };
    this.chat = { completions: new Completions((path, body) => postJson(`${options.baseURL}${path}`, headers, body)) };
  }
}
