// Fields by which vLLM, llama-server, Ollama and TGI change an answer, and that no API here has: who sends one would miss it.

import { absent, emptyList, emptyObject, insteadOf, is, type Passing, parameter, type Rule, typeOf, unless, value } from './rule.ts';

/** By which fields a route says what those of others ask for; undefined where by none. */
interface Own {
  readonly limit: string;
  readonly stops?: string;
  readonly penalty?: string;
  /** Of the answer. */
  readonly logprobs?: string;
  readonly promptLogprobs?: string;
  readonly bias?: string;
  /** What the field of the prompt's length has in its place. */
  readonly truncation?: string;
  /** How a picture is sent. */
  readonly images?: string;
}

const nothingSaid = is('');

/** What every route of text refuses, each with the fields that it has instead. */
export const foreign = (own: Own): readonly Rule[] => [
  ...limits(own),
  ...stops(own),
  ...samplers(own),
  ...texts(own),
  parameter('images', having(own.images, emptyList)),
  parameter('image', having(own.images, nothingSaid)),
];

/** Pictures beside the text of a turn, as Ollama has them. */
export const imagesOfTurns = (list: string, images: string): Rule => parameter(`${list}[].images`, insteadOf(images, emptyList));

const textTypes: ReadonlySet<string> = new Set(['text', 'input_text', 'output_text', 'refusal']);
/** A picture in a part of text, of which only the text is read. `images`: the type of the part that it belongs into. */
export const imageInText = (list: string, images: string): Rule =>
  parameter(`${list}[].image_url`, {
    allowed: `in a part of type ${JSON.stringify(images)}`,
    passes: (_, part) => !textTypes.has(typeOf(part)),
  });

/** A JSON Schema beside `type`, as llama-server has it, where `path` holds it elsewhere. */
export const schemaBeside = (path: string, field: string): Rule =>
  parameter(path, insteadOf(`${field} of type "json_schema"`, emptyObject));

/**
 * How vLLM tells whether the last turn is gone on with. Here the turn alone decides: that of an assistant is continued.
 * What says so much, or so little, asks for nothing.
 */
export const lastTurn: readonly Rule[] = [turnFlag('continue_final_message', true), turnFlag('add_generation_prompt', false)];

function turnFlag(field: string, ofAssistant: boolean): Rule {
  const allowed = `${ofAssistant} where the last message is the assistant's, else ${!ofAssistant}, or absent`;
  return {
    ...value(field, { allowed, passes: () => false }),
    overriddenBy: (body) => {
      const isAssistant = member(lastOf(member(body, 'messages')), 'role') === 'assistant';
      return member(body, field) === (isAssistant ? ofAssistant : !ofAssistant);
    },
  };
}

function limits({ limit, truncation }: Own): readonly Rule[] {
  return [
    parameter('options', insteadOf(`temperature, top_p, ${limit} and others as fields of the body`, emptyObject)),
    parameter('max_new_tokens', insteadOf(limit)),
    parameter('n_predict', insteadOf(limit)),
    parameter('num_predict', insteadOf(limit)),
    parameter('truncate_prompt_tokens', having(truncation)),
  ];
}

function stops({ stops: field, bias }: Own): readonly Rule[] {
  return [
    parameter('stop_token_ids', having(field, emptyList)),
    value('include_stop_str_in_output', is(false)),
    parameter('bad_words', having(bias, emptyList)),
    parameter('allowed_token_ids', having(bias)),
  ];
}

function samplers({ penalty }: Own): readonly Rule[] {
  return [
    parameter('repeat_penalty', having(penalty, is(1))),
    // The default of those who have it, which clients send unasked, and the whole text, which is what a penalty looks at here.
    value('repeat_last_n', is(64, -1)),
    value('no_repeat_ngram_size', is(0)),
    value('dry_multiplier', is(0)),
    value('xtc_probability', is(0)),
    value('tfs_z', is(1)),
    value('top_a', is(0)),
    value('dynatemp_range', is(0)),
    parameter('samplers', emptyList),
    // The likeliest token is what a temperature of 0 takes.
    unless(value('do_sample', insteadOf('temperature 0', is(true))), 'temperature', is(0)),
    value('use_beam_search', is(false)),
    value('length_penalty', is(1)),
  ];
}

function texts({ logprobs, promptLogprobs }: Own): readonly Rule[] {
  return [
    parameter('n_probs', having(logprobs, is(0))),
    parameter('prompt_logprobs', having(promptLogprobs)),
    value('skip_special_tokens', is(true)),
    parameter('guided_whitespace_pattern'),
    parameter('chat_template', nothingSaid),
    parameter('template', nothingSaid),
    parameter('documents', emptyList),
  ];
}

function having(field: string | undefined, neutral: Passing = absent): Passing {
  return field === undefined ? neutral : insteadOf(field, neutral);
}

function member(holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
}

function lastOf(list: unknown): unknown {
  return Array.isArray(list) ? list.at(-1) : undefined;
}
