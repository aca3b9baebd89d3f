// Before the body is read: is there such a path, does it take this verb, and does some model have the method behind it?

import { InferenceError } from '../core/errors.ts';
import { countingRoutes, type Family, type MethodName, methods } from '../contract/methods.ts';
import type { Backend } from './backend.ts';
import { type Target, takenVerbs, targetOf, type Verb } from './paths.ts';

/** A known path under a verb it does not take. */
export class MethodNotAllowed extends InferenceError {
  override readonly name = 'MethodNotAllowed';
  readonly allow: string;
  constructor(verb: string, verbs: readonly Verb[]) {
    const taken = takenVerbs(verbs);
    super('method_not_allowed', `expected ${taken.slice(0, -1).join(', ')} or ${taken.at(-1)}, got ${verb}`);
    this.allow = taken.join(', ');
  }
}

/**
 * The target of a request in the live table.
 * Throws: unknown_url, method_not_allowed.
 */
export function liveTarget(backend: Backend, verb: string, path: string): Target {
  const found = known(path);
  const asked = verb === 'HEAD' ? 'GET' : verb;
  if (!found.verbs.some((taken) => taken === asked)) throw new MethodNotAllowed(verb, found.verbs);
  // A model named in the path answers for itself, loaded or not: its state or its absence says more than the route's.
  if (found.target.kind === 'call' && found.target.model === undefined && !backend.hasMethod(found.target.method)) {
    const { method } = found.target;
    const names = backend.models().map((model) => model.name);
    const which = names.length === 0 ? 'no model is loaded' : `loaded: ${names.join(', ')}`;
    throw new InferenceError('unknown_url', `expected a model with ${wanted(method)}, no loaded model has it (${which})`);
  }
  return found.target;
}

function wanted(method: MethodName): string {
  const counted = countingRoutes.get(method);
  return counted === undefined ? `the method ${method}` : `the method countTokens beside ${counted}`;
}

/** `Allow` of the path, whether or not a model has the method behind it. Throws: unknown_url. */
export function allowAt(path: string): string {
  return takenVerbs(known(path).verbs).join(', ');
}

/** The family whose envelope a path's errors wear. */
export function familyOf(path: string): Family {
  const target = targetOf(path)?.target;
  // Only where the path is none of ours does its look decide: a model may be named `messages`.
  if (target === undefined) return /\/messages(\/|$)/.test(path) ? 'anthropic' : 'openai';
  return target.kind === 'call' ? methods[target.method].family : 'openai';
}

function known(path: string): NonNullable<ReturnType<typeof targetOf>> {
  const found = targetOf(path);
  if (found !== undefined) return found;
  throw new InferenceError('unknown_url', 'expected a path of this server, got an unknown one; /openapi.json lists them');
}
