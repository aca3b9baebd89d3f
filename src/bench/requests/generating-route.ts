// What the four routes that generate have in common: the fields of their requests, and what their answers are held to.

import type { Workload } from '../scenario-schema.ts';
import { type GenerationProtocol, generatedAnswer } from './generated-answer.ts';
import type { Prompt } from './prompt.ts';
import type { RouteForm } from './route-form.ts';

export interface GeneratingRoute {
  readonly path: string;
  readonly headers: RouteForm['headers'];
  /** Name of the field for the most tokens. */
  readonly limit: string;
  /** Of every request of the route. */
  readonly constant?: Readonly<Record<string, unknown>>;
  /** What a streamed request has besides. */
  readonly streamed?: Readonly<Record<string, unknown>>;
  readonly prompt: (prompt: Prompt) => Readonly<Record<string, unknown>>;
  readonly protocol: GenerationProtocol;
}

export function generatingRoute(route: GeneratingRoute): RouteForm {
  return { path: route.path, headers: route.headers, former: (workload) => formerOf(route, workload) };
}

function formerOf(route: GeneratingRoute, workload: Workload): ReturnType<RouteForm['former']> {
  const { model, stream, temperature, body, exact_tokens: isExact, expect } = workload;
  const fields = {
    ...(model === undefined ? {} : { model }),
    ...route.constant,
    // Only said where it streams: some servers refuse the options of a stream beside a false one.
    ...(stream ? { stream, ...route.streamed } : {}),
    temperature,
    // The one extension for it that llama-server, vLLM and this server all honour, in the two routes that have it.
    ...(isExact ? { ignore_eos: true } : {}),
  };
  const choices = choicesOf(body);
  return ({ prompts: [prompt], maxTokens }) => {
    if (prompt === undefined) throw new RangeError('expected one prompt, got none');
    const limit = maxTokens === undefined ? {} : { [route.limit]: maxTokens };
    const expected = {
      isExact,
      ...(expect?.text === undefined ? {} : { text: expect.text }),
      ...(maxTokens === undefined ? {} : { maxTokens: maxTokens * choices }),
    };
    return {
      body: JSON.stringify({ ...fields, ...limit, ...route.prompt(prompt), ...body }),
      items: 1,
      answer: (keepsText) => generatedAnswer(route.protocol, { streams: stream, keepsText, expected }),
    };
  };
}

/** The limit is for each of the choices that the body asks for; completions count those that are not returned as well. */
function choicesOf(body: Workload['body']): number {
  const asked = [body['n'], body['best_of']].filter((count) => typeof count === 'number');
  return Math.max(1, ...asked);
}
