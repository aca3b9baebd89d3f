// What the answers to a request have to be, by its tools and its format, as constraints that are opened one per text.

import type { GenerationRequest, ToolDefinition } from '../../src/contract/generation.ts';
import type { Cancellable } from '../../src/contract/model.ts';
import { fromRecord, InferenceError, toRecord } from '../../src/core/errors.ts';
import { callStart } from '../grammar/tool-grammar.ts';
import type { Constraint, GrammarConstraint, OpenConstraint } from './constraint.ts';
import { EitherConstraint } from './either-constraint.ts';
import { offeredTools } from './offered-tools.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { CallPlace } from './tool-call-reader.ts';
import { type Trigger, TriggeredConstraint } from './triggered-constraint.ts';

/** The texts of one request. Owns: a constraint that no text has taken, freed by `close`. */
export interface AnswerForm {
  readonly callPlace: CallPlace;
  /** For the next text; undefined where any text will do. Its taker closes it. Throws: what opening it throws. */
  next(): Promise<Constraint | undefined>;
  /** Idempotent. */
  close(): void;
}

/** Opens forms for one model. */
export class AnswerForms {
  readonly #openConstraint: OpenConstraint;
  readonly #tokenizer: Pick<Tokenizer, 'piece'>;
  readonly #trigger: Trigger;
  readonly #severalCalls: boolean;

  /** `tokens`: by id, as a byte-level vocabulary writes them. `severalCalls`: whether one answer may call more than once at all. */
  constructor(openConstraint: OpenConstraint, tokenizer: Pick<Tokenizer, 'piece'>, tokens: readonly string[], severalCalls: boolean) {
    this.#openConstraint = openConstraint;
    this.#severalCalls = severalCalls;
    this.#tokenizer = tokenizer;
    // The trigger is printable ASCII, which such a vocabulary writes as itself.
    const enders = tokens.flatMap((token, id) => (token.includes('>') ? [{ id, text: tokenizer.piece(id).text }] : []));
    this.#trigger = { text: callStart, next: '\n{"name": "', enders };
  }

  /**
   * Opens the constraint of the first text, so that what is wrong with a schema is told before anything else is done.
   * Throws: InferenceError with the path of the wrong part.
   */
  async open(request: GenerationRequest, call: Cancellable): Promise<AnswerForm> {
    let first = await this.#constraint(request, call);
    const isFree = first === undefined;
    return {
      callPlace: callPlaceOf(request),
      next: async () => {
        const taken = first;
        first = undefined;
        return isFree || taken !== undefined ? taken : this.#constraint(request, call);
      },
      close: () => first?.close(),
    };
  }

  async #constraint(request: GenerationRequest, call: Cancellable): Promise<Constraint | undefined> {
    if (offeredTools(request).length === 0) return this.#format(request, call);
    const calls = await this.#calls(request, call);
    if (request.toolChoice?.mode === 'required') return calls;
    if (request.format === undefined) return new TriggeredConstraint(calls, this.#trigger, (token) => this.#tokenizer.piece(token).text);
    try {
      const format = await this.#format(request, call);
      // Behind a beginning of the text no call can come.
      if (format === undefined || beginningOf(request) === '') return format === undefined ? calls : new EitherConstraint(calls, format);
      calls.close();
      return format;
    } catch (error) {
      calls.close();
      throw error;
    }
  }

  async #format(request: GenerationRequest, call: Cancellable): Promise<GrammarConstraint | undefined> {
    const { format, formatParam = 'format' } = request;
    if (format === undefined) return undefined;
    const constraint = await this.#openConstraint(format, formatParam, call);
    const beginning = beginningOf(request);
    // The format is of the whole text.
    if (beginning === '' || (await constraint.acceptText(beginning))) return constraint;
    constraint.close();
    const message = 'expected the beginning of the answer to be one of the format that is asked for';
    throw new InferenceError('invalid_value', message, { param: request.inputParam });
  }

  async #calls(request: GenerationRequest, call: Cancellable): Promise<GrammarConstraint> {
    const tools = offeredTools(request);
    const places = tools.map((tool) => request.tools?.indexOf(tool) ?? -1);
    for (const [index, tool] of tools.entries()) refuseArgumentsThatAreNoObject(tool, places[index] ?? index, request);
    const parallel = this.#severalCalls && request.parallelToolCalls !== false;
    try {
      return await this.#openConstraint({ kind: 'tools', tools, parallel }, 'tools', call);
    } catch (error) {
      throw placed(error, places, request);
    }
  }
}

/** Where an answer may call. */
export function callPlaceOf(request: Pick<GenerationRequest, 'tools' | 'toolChoice' | 'format'>): CallPlace {
  if (offeredTools(request).length === 0) return 'nowhere';
  return request.toolChoice?.mode === 'required' || request.format !== undefined ? 'start' : 'anywhere';
}

function beginningOf({ input }: GenerationRequest): string {
  const last = input.kind === 'chat' && input.continueFinal ? input.messages.at(-1) : undefined;
  // Templates leave out one of white space.
  return last === undefined || last.content.trim() === '' ? '' : last.content;
}

function refuseArgumentsThatAreNoObject({ parameters }: ToolDefinition, place: number, request: GenerationRequest): void {
  const type: unknown = parameters === undefined ? 'object' : (Reflect.get(parameters, 'type') ?? 'object');
  if (type === 'object') return;
  const param = ownParam(`tools[${place}].function.parameters.type`, request);
  throw new InferenceError('invalid_value', 'expected arguments of the type "object"', { param });
}

/** The error with the place that a tool has in the request, where not all of its tools are offered. */
function placed(error: unknown, places: readonly number[], request: GenerationRequest): unknown {
  const record = toRecord(error);
  if (record.param === null) return error;
  const param = record.param.replace(/^tools\[(\d+)\]/, (_, index) => `tools[${places[Number(index)] ?? index}]`);
  return fromRecord({ ...record, param: ownParam(param, request) });
}

function ownParam(param: string, { toolsParam }: GenerationRequest): string {
  // The legacy form has no object around a function.
  return toolsParam === 'functions' ? param.replace(/^tools(\[\d+\])?(\.function)?/, 'functions$1') : param;
}
