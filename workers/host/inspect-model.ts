// Finds what a class has: methods by name, their parameters, its schemas. A class that breaks the contract is refused by name.

import { InferenceError } from '../../src/core/errors.ts';
import { answeringMethods, lifecycleAliases, type MethodName, methodNames, methods } from '../../src/contract/methods.ts';
import type { MethodSchemas, ModelDescription } from '../../src/contract/thread.ts';
import type { Callable } from './callable.ts';
import { addAdapted, addCounting } from './derived-methods.ts';
import { jsonSchemaOf } from './json-schema-of.ts';

/** An inspected instance. Its callables are bound. */
export interface InspectedModel {
  readonly description: ModelDescription;
  readonly methods: ReadonlyMap<MethodName, Callable>;
  /** A lifecycle member. */
  member(name: LifecycleName): Callable | undefined;
}

const lifecycleNames = ['load', 'unload', 'preprocess', 'postprocess', 'isHealthy', 'setupEnvironment'] as const;
type LifecycleName = (typeof lifecycleNames)[number];

/** Throws: invalid_model. */
export function inspectModel(instance: object): InspectedModel {
  const found = new Map<MethodName, Callable>();
  for (const name of answeringMethods) {
    const callable = spelled(instance, name, methods[name].alias);
    if (callable !== undefined) found.set(name, callable);
  }
  if (found.size === 0)
    throw new InferenceError('invalid_model', `expected a class with at least one of ${answeringMethods.join(', ')}, found none`);
  const schemas = schemasOf(instance);
  addAdapted(found, Reflect.get(instance.constructor, 'adapters'), schemas.chatCompletions?.input);
  addCounting(found, spelled(instance, 'countTokens', methods.countTokens.alias));
  // All at once: a member that breaks the contract is refused now, not by the first call that needs it.
  const members = new Map(lifecycleNames.map((name) => [name, spelled(instance, name, aliasOf(name))]));
  const has = (name: LifecycleName): boolean => members.get(name) !== undefined;
  const description = {
    methods: [...found.keys()],
    schemas,
    hasIsHealthy: has('isHealthy'),
    hasStages: has('preprocess') || has('postprocess'),
  };
  return { description, methods: found, member: (name) => members.get(name) };
}

function aliasOf(name: LifecycleName): string | undefined {
  return Object.entries(lifecycleAliases).find(([own]) => own === name)?.[1];
}

function spelled(instance: object, name: string, alias: string | undefined): Callable | undefined {
  const own = callableOf(instance, name);
  const other = alias === undefined ? undefined : callableOf(instance, alias);
  if (own !== undefined && other !== undefined) throw new InferenceError('invalid_model', `expected ${name} or ${alias}, found both`);
  return own ?? other;
}

function callableOf(instance: object, name: string): Callable | undefined {
  const value: unknown = Reflect.get(instance, name);
  if (typeof value !== 'function') return undefined;
  if (value.length > 2) throw new InferenceError('invalid_model', `expected ${name} with at most 2 parameters, found ${value.length}`);
  return value.bind(instance) as Callable; // a function, just checked
}

function schemasOf(instance: object): Partial<Record<MethodName, MethodSchemas>> {
  const declared: unknown = Reflect.get(instance.constructor, 'schemas');
  if (typeof declared !== 'object' || declared === null) return {};
  const schemas: Partial<Record<MethodName, MethodSchemas>> = {};
  for (const name of methodNames) {
    const pair: unknown = Reflect.get(declared, name) ?? Reflect.get(declared, methods[name].alias ?? name);
    if (typeof pair !== 'object' || pair === null) continue;
    schemas[name] = {
      ...sideOf(pair, 'input', name),
      ...sideOf(pair, 'output', name),
    };
  }
  return schemas;
}

function sideOf(pair: object, side: 'input' | 'output', method: MethodName): MethodSchemas {
  const schema: unknown = Reflect.get(pair, side);
  return schema === undefined ? {} : { [side]: jsonSchemaOf(schema, side, `static schemas, ${method}.${side}`) };
}
