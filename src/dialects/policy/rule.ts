// One rule of the policy: a field, the values that ask for nothing, and the capability that serves the others.

import type { ModelCapabilities } from '../../contract/capabilities.ts';
import { describe, describeWord } from '../check.ts';
import { isRecord } from '../schema-fit.ts';
import { findAt, stepsOf } from './find-at.ts';

/** Values of a field that pass. */
export interface Passing {
  /** What the field may be, in words; the message of a refusal says it. */
  readonly allowed: string;
  /** `holder`: what the field is a member of. */
  readonly passes: (value: unknown, holder?: unknown) => boolean;
  /** What came, in words; absent: its JSON type or number. Never text of the user. */
  readonly came?: (value: unknown) => string;
}

/** What passes beside the neutral values for a model of such capabilities; undefined where it declares nothing of the kind. */
export type Need = (capabilities: ModelCapabilities) => Passing | undefined;

export interface Rule {
  /** From the body's root; see `stepsOf`. */
  readonly steps: readonly string[];
  /** Asks for nothing that any model lacks. */
  readonly neutral: Passing;
  /** The value is at fault where other values of the field are fine, else the field. */
  readonly code: 'unsupported_parameter' | 'unsupported_value';
  /** Undefined: no model serves the field on this route. */
  readonly need: Need | undefined;
  /** Whether another field of the body takes this one back, so that no value of it asks for anything. */
  readonly overriddenBy?: (body: unknown) => boolean;
  /** What the field may be, in words, where that depends on the model. */
  readonly taken?: (capabilities: ModelCapabilities) => string;
  /** Instead of what `neutral` says of it. */
  readonly came?: (value: unknown) => string;
}

export const parameter = (field: string, neutral: Passing = absent, need?: Need): Rule => ({
  steps: stepsOf(field),
  neutral,
  code: 'unsupported_parameter',
  need,
});
export const value = (field: string, neutral: Passing, need?: Need): Rule => ({
  steps: stepsOf(field),
  neutral,
  code: 'unsupported_value',
  need,
});
/** The rule, unless another field of the body says so much. */
export const unless = (rule: Rule, field: string, passing: Passing): Rule => ({
  ...rule,
  overriddenBy: (body) => findAt(body, stepsOf(field), passing.passes) !== undefined,
});
/** The type of a tool, which is a word: its JSON type would not tell what is wrong with it. */
export const toolType = (passing: Passing): Rule => ({ ...value('tools[].type', passing), came: describeWord });
/** Types of items that a model takes if it declares `by`; without it none does. */
export interface Kinds {
  readonly types: readonly string[];
  readonly by?: Switch;
}
/** Items of a list by their `type`: one rule for each of `known`. What is left is `always`, which every model gets, and the declared ones. */
export function kinds(list: string, always: readonly string[], ...known: readonly Kinds[]): readonly Rule[] {
  const taken = (capabilities: ModelCapabilities): string =>
    quoted([...always, ...known.flatMap(({ types, by }) => (by !== undefined && capabilities[by] === true ? types : []))]);
  return known.map(({ types, by }) => ({
    ...value(
      `${list}[].type`,
      { allowed: quoted(always), passes: (type) => !types.some((one) => one === type) },
      by === undefined ? undefined : has(by),
    ),
    taken,
    // One of a few words of the API.
    came: (type) => JSON.stringify(type),
  }));
}

/** The rules for a route that clients send such fields to, though its API does not have them. */
export const unserved = (rules: readonly Rule[]): readonly Rule[] => rules.map((rule) => ({ ...rule, need: undefined }));

export const absent: Passing = { allowed: 'absent', passes: () => false };
export const is = (...allowed: readonly (boolean | number | string)[]): Passing => ({
  allowed: `${quoted(allowed)} or absent`,
  passes: (candidate) => allowed.some((item) => item === candidate),
  // Where the empty text passes, others are texts and no words.
  ...(allowed.some((item) => typeof item === 'string') && !allowed.includes('') ? { came: describeWord } : {}),
});
export const emptyList: Passing = {
  allowed: 'an empty list or absent',
  passes: (candidate) => Array.isArray(candidate) && candidate.length === 0,
};
export const emptyObject: Passing = {
  allowed: 'an empty object or absent',
  passes: (candidate) => isRecord(candidate) && Object.keys(candidate).length === 0,
};
export const ofType = (...types: readonly string[]): Passing => ({
  allowed: `an object of type ${quoted(types)}, or absent`,
  passes: (candidate) => types.includes(typeOf(candidate)),
  came: (candidate) => (typeOf(candidate) === '' ? describe(candidate) : `one of type ${describeWord(typeOf(candidate))}`),
});
/** A field of another API for what this route says by `field`: the value of one that is ignored would be missed. */
export const insteadOf = (field: string, neutral: Passing = absent): Passing => ({
  ...neutral,
  allowed: `${neutral.allowed}, since this route has ${field}`,
});
/** A field that other routes have by that name, and this one by none. */
export const elsewhere = (field: string, neutral: Passing = absent): Passing => ({
  ...neutral,
  allowed: `${neutral.allowed}, since only chat and completions have ${field}`,
});
const anything: Passing = { allowed: 'anything', passes: () => true };

type Switch = {
  readonly [N in keyof ModelCapabilities]-?: ModelCapabilities[N] extends boolean | undefined ? N : never;
}[keyof ModelCapabilities];

/** The model declares it; then `served` passes. */
export const has =
  (name: Switch, served: Passing = anything): Need =>
  (capabilities) =>
    capabilities[name] === true ? served : undefined;

/** Numbers up to what the model declares. Below `least` a declaration is none. */
export const upTo =
  (name: 'topLogprobs' | 'maxChoices', least: number): Need =>
  (capabilities) => {
    const most = capabilities[name];
    if (most === undefined || most < least) return undefined;
    return { allowed: `at most ${most}`, passes: (candidate) => typeof candidate !== 'number' || candidate <= most };
  };

/** Any value, where the model tells log probabilities at all. */
export const withLogprobs: Need = ({ topLogprobs }) => (topLogprobs === undefined ? undefined : anything);

/** The lengths of vectors that the model declares. */
export const lengths: Need = ({ dimensions }) => {
  if (dimensions === undefined || dimensions === 'any') return dimensions === undefined ? undefined : anything;
  return is(...dimensions);
};

/** What its `type` says, if that is a word. */
export function typeOf(candidate: unknown): string {
  const type: unknown = typeof candidate === 'object' && candidate !== null ? Reflect.get(candidate, 'type') : undefined;
  return typeof type === 'string' ? type : '';
}

function quoted(values: readonly unknown[]): string {
  return values.map((item) => JSON.stringify(item)).join(' or ');
}
