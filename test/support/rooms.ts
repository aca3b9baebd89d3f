// Which room may import what: the one list of it. CONTRIBUTING.md shows it; test/unit/rooms.test.ts holds both and the sources to it.

import { posix } from 'node:path';
import { computedSpecifier, importSpecifiers } from './import-specifiers.ts';

export interface Room {
  /** Other rooms it may import. */
  readonly rooms: readonly string[];
  /** `node:` for all of Node's own modules, one of them by its full name, packages by name; their subpaths are included. */
  readonly packages: readonly string[];
}

const belowRuntime = ['src/core', 'src/contract', 'src/registry', 'src/scheduler', 'src/pool', 'src/dialects'];

/** A room is a folder, or the one file that is an entry of the package. What no room lists may be imported nowhere. */
export const rooms: Readonly<Record<string, Room>> = {
  'src/core': { rooms: [], packages: ['node:'] },
  'src/contract': { rooms: ['src/core'], packages: ['node:', 'typebox', 'yaml'] },
  'src/registry': { rooms: ['src/core', 'src/contract'], packages: ['node:', 'typebox'] },
  // Pure: what waits there does so by the Clock.
  'src/scheduler': { rooms: ['src/core', 'src/contract'], packages: [] },
  'src/pool': { rooms: ['src/core', 'src/contract'], packages: ['node:', 'piscina'] },
  // Pure too; node:os tells the byte order.
  'src/dialects': { rooms: ['src/core', 'src/contract'], packages: ['node:os', 'typebox'] },
  'src/runtime': { rooms: belowRuntime, packages: ['node:'] },
  'src/http': { rooms: [...belowRuntime, 'src/runtime'], packages: ['node:', 'fastify', '@fastify/cors'] },
  // A client of any server: it knows nothing of the one beside it.
  'src/bench': { rooms: ['src/core', 'src/contract'], packages: ['node:', 'typebox', 'yaml', 'undici', 'eventsource-parser', 'uplot'] },
  'src/cli': { rooms: [...belowRuntime, 'src/runtime', 'src/http', 'src/bench'], packages: ['node:', 'yaml'] },
  'src/index.ts': { rooms: ['src/core', 'src/contract', 'src/dialects', 'src/runtime', 'src/http'], packages: [] },
  'workers/grammar': { rooms: ['src/core', 'src/contract'], packages: ['node:', '@mlc-ai/web-xgrammar'] },
  'workers/host': { rooms: ['src/core', 'src/contract', 'src/dialects'], packages: ['node:', '@swc/wasm-typescript'] },
  'workers/onnx': { rooms: ['src/core', 'src/contract'], packages: ['node:', 'onnxruntime-node'] },
  'workers/text': {
    rooms: ['workers/grammar', 'workers/onnx', 'src/core', 'src/contract'],
    packages: ['node:', '@huggingface/tokenizers', '@huggingface/jinja'],
  },
  'workers/pipelines': { rooms: ['workers/onnx', 'src/core', 'src/contract'], packages: ['node:', '@huggingface/transformers'] },
  'workers/engines.ts': { rooms: ['workers/text', 'workers/pipelines'], packages: [] },
  models: { rooms: [], packages: ['node:', 'heddle'] },
  examples: { rooms: [], packages: ['node:', 'heddle'] },
};

// The host imports the class of a model by the path of its file; the grammars evaluate a package that neither import nor require can
// read as it is; the command line reads the package's own manifest.
const mayCompute = ['workers/host', 'workers/grammar', 'src/cli'];

/** What a file may not import, as `file: specifier, because`. `file` is relative to the repository, with forward slashes. */
export function forbiddenImports(file: string, source: string): string[] {
  const name = roomOf(file);
  const room = rooms[name];
  if (room === undefined) return [`${file}: is in no room`];
  return importSpecifiers(source).flatMap((specifier) => {
    const problem = problemOf(specifier, file, name, room);
    return problem === undefined ? [] : [`${file}: ${specifier}, ${problem}`];
  });
}

function problemOf(specifier: string, file: string, name: string, room: Room): string | undefined {
  if (specifier === computedSpecifier) return mayCompute.includes(name) ? undefined : 'which the source does not name';
  if (!/^\.{1,2}\//.test(specifier)) {
    const isAllowed = room.packages.some((allowed) => covers(allowed, specifier));
    return isAllowed ? undefined : `${name} may import ${room.packages.join(', ') || 'no package'}`;
  }
  const target = posix.join(posix.dirname(file), specifier);
  if (folderOf(target) === folderOf(file) || room.rooms.includes(roomOf(target))) return undefined;
  return `${name} may import ${room.rooms.join(', ') || 'no other room'}`;
}

function covers(allowed: string, specifier: string): boolean {
  return specifier === allowed || specifier.startsWith(allowed.endsWith(':') ? allowed : `${allowed}/`);
}

/** Model folders are one room in the table, yet they do not import each other. */
function roomOf(file: string): string {
  const [top = ''] = file.split('/');
  return Object.hasOwn(rooms, top) ? top : folderOf(file);
}

function folderOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}
