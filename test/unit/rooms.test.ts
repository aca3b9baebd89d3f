// Every source imports only what its room may, and CONTRIBUTING.md and package.json say the same as the list of the rooms.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tableBelow } from '../support/markdown.ts';
import { forbiddenImports, rooms } from '../support/rooms.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const names = Object.keys(rooms);

function read(file: string): string {
  return readFileSync(`${root}${file}`, 'utf8');
}

function sourcesBelow(folder: string): string[] {
  const files = readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  return files.filter((path) => /\.[cm]?[jt]sx?$/.test(path) && !`/${path}`.includes('/node_modules/')).map((path) => `${folder}/${path}`);
}

test('every source imports only what its room may', () => {
  const sources = ['src', 'workers', 'models', 'examples'].flatMap(sourcesBelow);
  // A room without a source is a folder that was renamed.
  expect(names.filter((name) => !sources.some((file) => file === name || file.startsWith(`${name}/`)))).toEqual([]);
  expect(sources.flatMap((file) => forbiddenImports(file, read(file)))).toEqual([]);
});

test.each([
  ['src/index.ts', `import fastify from 'fastify';`],
  ['src/index.ts', `export { Piscina } from 'piscina';`],
  ['workers/engines.ts', `import 'onnxruntime-node';`],
  ['workers/engines.ts', `export * from './host/main.ts';`],
  ['src/index.ts', `export { serve } from './cli/serve.ts';`],
  ['src/another.ts', ``],
  ['src/another/room.ts', ``],
  ['workers/host/main.ts', `import { TextGenerator } from '../engines.ts';`],
  ['workers/host/main.ts', `import { Session } from '../onnx/session.ts';`],
  ['workers/host/main.ts', `import { InferenceSession } from 'onnxruntime-node';`],
  ['src/http/server.ts', `import { Runtime } from '../index.ts';`],
  ['src/http/server.ts', `import { Runtime } from 'heddle';`],
  ['src/pool/replica.ts', `import { until } from '../../test/support/until.ts';`],
  ['src/cli/main.ts', `import manifest from '../../package.json' with { type: 'json' };`],
  ['src/core/ids.ts', `import { parse } from 'yaml';`],
  ['src/core/ids.ts', `import type { TSchema } from 'typebox';`],
  ['src/core/ids.ts', `import type { ModelConfig } from '../contract/config.ts';`],
  ['src/scheduler/turns.ts', `import { readFileSync } from 'node:fs';`],
  ['src/dialects/sse.ts', `import { readFile } from 'node:fs/promises';`],
  ['src/dialects/openai/chat.ts', `import type { Reply } from '../../http/server.ts';`],
  ['src/dialects/sse.ts', `import { networkInterfaces } from 'os';`],
  ['src/pool/replica.ts', `import fastify from 'fastify/fastify.js';`],
  ['src/core/clock.ts', `type Server = typeof import('../http/server.ts');`],
  ['src/core/clock.ts', `const server = await import(\n  // why\n  "../http/server.ts",\n);`],
  ['src/core/clock.ts', 'const server = await import(`../http/server.ts`);'],
  ['src/core/clock.ts', `const server = await import('../http/' + name);`],
  ['src/core/clock.ts', `const server = await import(\`../http/\${name}.ts\`);`],
  ['src/core/clock.ts', `import {\n  parse,\n} /* why */ from\n  'yaml';`],
  ['src/core/clock.ts', `/// <reference types="fastify" />`],
  ['src/core/clock.ts', `const yaml = require('yaml');`],
  ['src/scheduler/turns.ts', `const fs = process.getBuiltinModule('node:fs');`],
  ['src/http/body.ts', `import { Type } from 'typebox';`],
  ['src/runtime/runtime.ts', `import { Compile } from 'typebox/compile';`],
  ['src/http/body.ts', `import { parse } from 'yaml';`],
  ['workers/host/context.ts', `import { Tokenizer } from '@huggingface/tokenizers';`],
  ['workers/onnx/session.ts', `import { Template } from '@huggingface/jinja';`],
  ['workers/text/decoder.ts', `import { transform } from '@swc/wasm-typescript';`],
  ['workers/text/decoder.ts', `import { pipeline } from '@huggingface/transformers';`],
  ['workers/text/decoder.ts', `import { Pipeline } from '../pipelines/pipeline.ts';`],
  ['models/minilm/model.ts', `import { Template } from '@huggingface/jinja';`],
  ['models/minilm/model.ts', `import { SentenceEncoder } from '../../workers/engines.ts';`],
  ['models/minilm/model.ts', `import Other from '../smollm2/model.ts';`],
  ['examples/echo/model.ts', `import { InferenceError } from '../../src/index.ts';`],
  ['examples/echo/model.ts', `import { parse } from 'yaml';`],
  ['examples/echo/model.ts', `import { InferenceError } from 'heddle-extras';`],
])('an import in %s is found: %s', (file, source) => {
  expect(forbiddenImports(file, source)).toHaveLength(1);
});

test.each([
  ['src/core/ids.ts', `import { randomUUID } from 'node:crypto';`],
  ['src/dialects/openai/chat.ts', `import { sseEvent } from '../sse.ts';`],
  ['src/dialects/openai/chat.ts', `import type { Dialect } from '../../contract/dialect.ts';`],
  ['src/registry/read-config.ts', `import { Value } from 'typebox/value';`],
  ['src/http/server.ts', `import cors from '@fastify/cors';`],
  ['workers/host/hosted-instance.ts', `const loaded = await import(pathToFileURL(file).href);`],
  ['workers/text/decoder.ts', `const bytes = Buffer.from('important');`],
  ['workers/text/decoder.ts', '// Differs from `yaml` in its numbers.'],
  ['models/minilm/model.ts', `import { SentenceEncoder } from 'heddle/engines';`],
  ['models/minilm/model.ts', `import { labels } from './labels.ts';`],
])('an import in %s is left alone: %s', (file, source) => {
  expect(forbiddenImports(file, source)).toEqual([]);
});

test('CONTRIBUTING.md lists every room with what it may import, and no other', () => {
  const rows = tableBelow(read('CONTRIBUTING.md'), '## Rooms').map(([room = '', , imports = '', packages = '']) => [
    room,
    imports,
    packages,
  ]);
  const shown = names.map((name, index) => {
    const room = rooms[name] ?? { rooms: [], packages: [] };
    // The first three are short enough to be named.
    const isAllAbove = index > 2 && String([...room.rooms].sort()) === String(names.slice(0, index).sort());
    return [name, isAllAbove ? 'everything above' : listed(room.rooms.map((other) => other.replace(/^.*\//, ''))), listed(room.packages)];
  });
  expect(rows).toEqual(shown);
});

test('every dependency of package.json has a room that may import it, and no room lists another', () => {
  const { dependencies }: { dependencies: object } = JSON.parse(read('package.json'));
  const packages = Object.values(rooms).flatMap((room) => room.packages.filter((name) => !/^(node:|heddle$)/.test(name)));
  expect([...new Set(packages)].sort()).toEqual(Object.keys(dependencies).sort());
});

function listed(entries: readonly string[]): string {
  return entries.join(', ') || 'none';
}
