// What the answers to a request have to be, by its tools and its format, as constraints that are opened one per text.

import type { GenerationRequest, OutputFormat, ToolDefinition } from '../../src/contract/generation.ts';
import type { Cancellable } from '../../src/contract/model.ts';
import { fromRecord, InferenceError, toRecord } from '../../src/core/errors.ts';
import type { Constraint, GrammarConstraint } from '../grammar/constraint.ts';
import { callStart, type ToolGrammar } from '../grammar/tool-grammar.ts';
import { EitherConstraint } from './either-constraint.ts';
import { offeredTools } from './offered-tools.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { CallPlace } from './tool-call-reader.ts';
import { type Trigger, TriggeredConstraint } from './triggered-constraint.ts';

/** Throws: InferenceError with the path of the wrong part below `param`. */
export type OpenConstraint = (format: OutputFormat | ToolGrammar, param: string, call: Cancellable) => Promise<GrammarConstraint>;

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
    const openConstraint = reopening(this.#openConstraint);
    let first = await this.#constraint(request, openConstraint, call);
    const isFree = first === undefined;
    return {
      callPlace: callPlaceOf(request),
      next: async () => {
        const taken = first;
        first = undefined;
        return isFree || taken !== undefined ? taken : this.#constraint(request, openConstraint, call);
      },
      close: () => first?.close(),
    };
  }

  async #constraint(request: GenerationRequest, openConstraint: OpenConstraint, call: Cancellable): Promise<Constraint | undefined> {
    if (offeredTools(request).length === 0) return formatConstraint(request, openConstraint, call);
    const calls = await this.#calls(request, openConstraint, call);
    if (request.toolChoice?.mode === 'required') return calls;
    if (request.format === undefined) return new TriggeredConstraint(calls, this.#trigger, (token) => this.#tokenizer.piece(token).text);
    try {
      const format = await formatConstraint(request, openConstraint, call);
      // Behind a beginning of the text no call can come.
      if (format === undefined || beginningOf(request) === '') return format === undefined ? calls : new EitherConstraint(calls, format);
      calls.close();
      return format;
    } catch (error) {
      calls.close();
      throw error;
    }
  }

  async #calls(request: GenerationRequest, openConstraint: OpenConstraint, call: Cancellable): Promise<GrammarConstraint> {
    const tools = offeredTools(request);
    const places = tools.map((tool) => request.tools?.indexOf(tool) ?? -1);
    for (const [index, tool] of tools.entries()) refuseArgumentsThatAreNoObject(tool, places[index] ?? index, request);
    const parallel = this.#severalCalls && request.parallelToolCalls !== false;
    try {
      return await openConstraint({ kind: 'tools', tools, parallel }, 'tools', call);
    } catch (error) {
      throw placed(error, places, request);
    }
  }
}

/** Opens each grammar of one request once, and from then on again: a text that has begun is not refused for lack of room. */
function reopening(openConstraint: OpenConstraint): OpenConstraint {
  const opened = new Map<string, GrammarConstraint>();
  return async (format, param, call) => {
    const known = opened.get(param);
    if (known !== undefined) return known.again(call);
    const constraint = await openConstraint(format, param, call);
    opened.set(param, constraint);
    return constraint;
  };
}

async function formatConstraint(
  request: GenerationRequest,
  openConstraint: OpenConstraint,
  call: Cancellable,
): Promise<GrammarConstraint | undefined> {
  const { format, formatParam = 'format' } = request;
  if (format === undefined) return undefined;
  const constraint = await openConstraint(format, formatParam, call);
  const beginning = beginningOf(request);
  // The format is of the whole text.
  if (beginning === '' || (await takes(constraint, beginning, call))) return constraint;
  const message = 'expected the beginning of the answer to be one of the format that is asked for';
  throw new InferenceError('invalid_value', message, { param: request.inputParam });
}

/** Closes the constraint where it does not. */
async function takes(constraint: GrammarConstraint, text: string, call: Cancellable): Promise<boolean> {
  const leave = (): void => constraint.close();
  call.signal.addEventListener('abort', leave, { once: true });
  try {
    const isTaken = await constraint.acceptText(text);
    call.throwIfCancelled();
    if (!isTaken) constraint.close();
    return isTaken;
  } catch (error) {
    constraint.close();
    // Closed by the cancellation, which is what the caller has to hear.
    call.throwIfCancelled();
    throw error;
  } finally {
    call.signal.removeEventListener('abort', leave);
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
