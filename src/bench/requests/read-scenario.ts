// Reads a scenario file: all problems at once, defaults filled in, as a model's config.yaml is read.

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Default } from 'typebox/value';
import { configProblems } from '../../contract/config-problems.ts';
import { invalidFile, readYamlFile } from '../../contract/yaml-file.ts';
import { type Scenario, scenarioSchema } from '../scenario-schema.ts';
import { filesOf, type NamedFile, scenarioProblems } from './scenario-rules.ts';

/** Throws: invalid_config with one line per problem. Paths in the file are relative to it. */
export async function readScenario(file: string): Promise<Scenario> {
  return checkScenario(await readYamlFile(file), dirname(file), file);
}

// "30 s or 1,000 requests per point": enough for a p99, and an end however slow the server is.
const usualEnd = { duration_s: 30, requests: 1_000 };

/**
 * A scenario from anything: a parsed file, or what the command line put together. `name` begins the message.
 * Throws: invalid_config with one line per problem.
 */
export async function checkScenario(value: unknown, baseDir: string, name: string): Promise<Scenario> {
  const filled: unknown = Default(scenarioSchema, structuredClone(value));
  const problems = configProblems(scenarioSchema, filled);
  if (problems.length > 0) throw invalidFile(name, problems);
  const scenario = filled as Scenario; // proved by the schema just above
  const more = [...scenarioProblems(scenario, value), ...(await fileProblems(filesOf(scenario), baseDir))];
  if (more.length > 0) throw invalidFile(name, more);
  return { ...scenario, workloads: namedWorkloads(scenario.workloads), steps: scenario.steps.map(withEnd) };
}

/** A step without an end gets the usual one, of which the first to come counts. A trace is its own end. */
function withEnd(step: Scenario['steps'][number]): Scenario['steps'][number] {
  if ('overload' in step || 'storm' in step || step.duration_s !== undefined || step.requests !== undefined) return step;
  if ('open' in step && step.open.arrivals === 'trace') return step;
  return { ...step, ...usualEnd };
}

/** Each gets a name, so that its figures can be told apart: its route, with a number from the second on. */
function namedWorkloads(workloads: Scenario['workloads']): Scenario['workloads'] {
  const taken = new Set(workloads.map(({ name }) => name));
  return workloads.map((workload) => {
    if (workload.name !== undefined) return workload;
    let name: string = workload.route;
    for (let number = 2; taken.has(name); number++) name = `${workload.route}-${number}`;
    taken.add(name);
    return { ...workload, name };
  });
}

async function fileProblems(files: readonly NamedFile[], baseDir: string): Promise<string[]> {
  const problems = await Promise.all(
    files.map(async ({ key, path }) => {
      const file = resolve(baseDir, path);
      const isReadable = await Promise.all([stat(file), access(file, constants.R_OK)]).then(
        ([stats]) => stats.isFile(),
        () => false,
      );
      return isReadable ? [] : [`${key}: expected a readable file, found none at ${file}`];
    }),
  );
  return problems.flat();
}
