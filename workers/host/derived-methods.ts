// The methods a class has without having written them: routes that its chat answers by adapters, and routes that count for it.

import { countingRoutes, type MethodName } from '../../src/contract/methods.ts';
import type { CheckedBody } from '../../src/contract/dialect.ts';
import { InferenceError } from '../../src/core/errors.ts';
import { quotedWord } from '../../src/core/quoted-word.ts';
import { adaptedCount, adaptedMethod } from '../../src/dialects/adapters/adapted-method.ts';
import { type AdapterName, adapterNames } from '../../src/dialects/adapters/own-names.ts';
import type { Callable } from './callable.ts';

/** Adds the methods that `static adapters` names. `schema`: of the bodies that the chat takes. Throws: invalid_model. */
export function addAdapted(found: Map<MethodName, Callable>, declared: unknown, schema: object | undefined): void {
  if (declared === undefined) return;
  if (!Array.isArray(declared)) throw invalid(`expected static adapters to be a list, found ${typeof declared}`);
  const chat = found.get('chatCompletions');
  if (chat === undefined) throw invalid('expected static adapters on a class with chatCompletions, found none');
  for (const name of declared) {
    if (!isAdapter(name)) {
      const came = typeof name === 'string' ? quotedWord(name) : typeof name;
      throw invalid(`expected static adapters to list only ${adapterNames.join(', ')}, found ${came}`);
    }
    if (found.has(name)) throw invalid(`expected ${name} either as a method or once in static adapters, found it twice`);
    const method = adaptedMethod(name, chat, schema);
    found.set(name, (body, request) => method(body as CheckedBody, request)); // a call's body has passed the check of its route
  }
}

/** Adds the routes that count, beside those whose bodies they count. */
export function addCounting(found: Map<MethodName, Callable>, countTokens: Callable | undefined): void {
  if (countTokens === undefined) return;
  for (const [route, answering] of countingRoutes) {
    if (!found.has(answering) || !isAdapter(answering)) continue;
    const count = adaptedCount(answering, countTokens);
    found.set(route, (body, request) => count(body as CheckedBody, request)); // as above
  }
}

function isAdapter(name: unknown): name is AdapterName {
  return adapterNames.some((known) => known === name);
}

function invalid(message: string): InferenceError {
  return new InferenceError('invalid_model', message);
}
