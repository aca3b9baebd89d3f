// Checks the YAML of the documentation: each block parses, and is a model's configuration, the server's, or one of a known other tool.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { scenarioProblems } from '../../src/bench/requests/scenario-rules.ts';
import { type Scenario, scenarioSchema } from '../../src/bench/scenario-schema.ts';
import { fileKeyOf, OptionProblems, optionNames, readOptions } from '../../src/cli/options.ts';
import { configSchema } from '../../src/contract/config.ts';
import { configProblems } from '../../src/contract/config-problems.ts';
import { Default } from 'typebox/value';

/** What is wrong with a block; undefined when it is valid. */
export function yamlProblem(text: string): string | undefined {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return 'expected keys and values';
  const keys = Object.keys(content);
  const firstLine = text.split('\n')[0] ?? '';
  if (firstLine.startsWith('#') && firstLine.endsWith('config.yaml')) return modelProblem(content);
  if (firstLine.startsWith('#') && firstLine.endsWith('heddle.yaml')) return serverProblem(text);
  if (keys.includes('workloads') && keys.includes('steps')) return scenarioProblem(content);
  const serverKeys: readonly string[] = optionNames.map(fileKeyOf);
  if (keys.every((key) => Object.hasOwn(configSchema.properties, key))) return modelProblem({ model_name: 'fragment', ...content });
  if (keys.every((key) => serverKeys.includes(key))) return serverProblem(text);
  // Files of other tools, or parts of them: theirs to check.
  if (keys.every((key) => key === 'livenessProbe' || key === 'readinessProbe')) return undefined;
  if (keys.includes('services') || (keys.includes('apiVersion') && keys.includes('kind'))) return undefined;
  return `expected config.yaml, heddle.yaml, a Compose file or a Kubernetes object, got the keys ${keys.join(', ')}`;
}

function modelProblem(content: object): string | undefined {
  return joined(configProblems(configSchema, Default(configSchema, content)));
}

/** For `heddle bench`. */
function scenarioProblem(content: object): string | undefined {
  const filled = Default(scenarioSchema, structuredClone(content));
  const problems = configProblems(scenarioSchema, filled);
  return joined(problems.length > 0 ? problems : scenarioProblems(filled as Scenario, content)); // proved by the schema just above
}

function serverProblem(text: string): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'heddle-yaml-'));
  const file = join(dir, 'heddle.yaml');
  try {
    writeFileSync(file, text);
    readOptions({ args: [], env: {}, defaultFile: file });
    return undefined;
  } catch (error) {
    if (error instanceof OptionProblems) return joined(error.problems);
    throw error;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function joined(problems: readonly string[]): string | undefined {
  return problems.length === 0 ? undefined : problems.join('; ');
}
