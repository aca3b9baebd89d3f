// Fields that ask for more than a model can do: refused by name unless their value is neutral, never ignored.

import type { ModelCapabilities } from '../contract/capabilities.ts';
import { countingRoutes, type MethodName } from '../contract/methods.ts';
import { InferenceError } from '../core/errors.ts';
import { describe } from './check.ts';
import { findAt } from './policy/find-at.ts';
import { routeRules } from './policy/route-rules.ts';
import { dialectFor } from './route-dialects.ts';
import { membersOf } from './schema-fit.ts';

/**
 * The capability check, once the model is chosen and the body fits its schema. While the capabilities are not known, only what
 * no model serves is refused. `ownSchema`: that of the class for the bodies of the route.
 * Throws: InferenceError naming the first field that cannot be honoured: `unsupported_parameter` or `unsupported_value`, or
 * `invalid_value` where the model serves the field up to a limit.
 */
export function checkPolicy(method: MethodName, body: unknown, capabilities: ModelCapabilities | undefined, ownSchema?: object): void {
  // What cannot be answered is not counted either.
  const route = countingRoutes.get(method) ?? method;
  for (const rule of routeRules[route] ?? []) {
    const { steps, neutral, code, need, taken } = rule;
    if (need !== undefined && capabilities === undefined) continue;
    const served = capabilities === undefined ? undefined : need?.(capabilities);
    const found = findAt(body, steps, (value, holder) => !neutral.passes(value, holder) && served?.passes(value, holder) !== true);
    if (found === undefined || rule.overriddenBy?.(body) === true) continue;
    if (need === undefined && isOwn(steps[0] ?? '', route, ownSchema)) continue;
    const came = (rule.came ?? neutral.came ?? told)(found.value);
    const allowed = served?.allowed ?? taken?.(capabilities ?? {}) ?? neutral.allowed;
    throw new InferenceError(served === undefined ? code : 'invalid_value', `expected ${found.param} to be ${allowed}, got ${came}`, {
      param: found.param,
    });
  }
}

/** A field that the route does not have and the class does: it means what the class says. */
function isOwn(field: string, route: MethodName, ownSchema: unknown): boolean {
  return membersOf(ownSchema).includes(field) && !membersOf(dialectFor(route).inputSchema).includes(field);
}

/** A flag is no text of the user, and its type alone would not tell what is wrong with it. */
function told(value: unknown): string {
  return typeof value === 'boolean' ? String(value) : describe(value);
}
