// Stands in for the `@anthropic-ai/sdk` package in examples of the documentation: the same call, the same request, the same answer.
// Its types have no sampling fields, and neither do those of the package.
// The package itself is no dependency, because it brings seven others and 27 MB, and `npm start` installs development packages too.

import { postJson } from './post-json.ts';

interface MessageBody {
  readonly model: string;
  readonly max_tokens: number;
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[];
}

type ContentBlock = { readonly type: 'text'; readonly text: string } | { readonly type: 'thinking'; readonly thinking: string };

interface Message {
  readonly content: readonly ContentBlock[];
}

export default class Anthropic {
  readonly messages: { create(body: MessageBody): Promise<Message> };

  constructor(options: { readonly baseURL: string; readonly apiKey: string }) {
    const headers = { authorization: `Bearer ${options.apiKey}`, 'anthropic-version': '2026-10-21' };
    this.messages = {
      async create(body) {
        const reply = await postJson(`${options.baseURL}/v1/messages`, headers, body);
        return reply.json() as Promise<Message>; // what the route documents
      },
    };
  }
}
