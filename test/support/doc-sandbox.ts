// A folder that looks like a reader's clone: it holds the files that a document tells to write, and runs its commands and examples.

import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/wasm-typescript';
import type { CodeBlock } from './markdown.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

// Packages that examples import and nobody here installs, and the file that stands in for each.
const standIns = { openai: 'openai.ts', '@anthropic-ai/sdk': 'anthropic.ts' };

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

export class DocSandbox {
  readonly dir = mkdtempSync(join(tmpdir(), 'heddle-docs-'));
  readonly #files = new Set<string>();

  constructor() {
    this.#write('package.json', '{ "type": "module" }');
    for (const name of ['models', 'examples']) symlinkSync(join(root, name), join(this.dir, name));
    // By name and through its exports, as an installed package.
    mkdirSync(join(this.dir, 'node_modules'));
    symlinkSync(root, join(this.dir, 'node_modules/heddle'));
    symlinkSync(join(root, 'node_modules/@types'), join(this.dir, 'node_modules/@types'));
    for (const [name, file] of Object.entries(standIns)) this.#installStandIn(name, file);
  }

  /** Whether the document had files to write. */
  get hasFiles(): boolean {
    return this.#files.size > 0;
  }

  /** Writes a block that names its own file. Throws: RangeError when an earlier block had the same name, which would go untested. */
  add(block: CodeBlock): void {
    const file = fileNameOf(block);
    if (file === undefined) return;
    if (this.#files.has(file)) throw new RangeError(`${file} is written twice`);
    this.#files.add(file);
    this.#write(file, `${block.text}\n`);
  }

  /** Type-checks TypeScript by file name with the flags of this project, as modules beside a package of the reader's. Returns complaints. */
  async typeCheck(files: Readonly<Record<string, string>>): Promise<string> {
    for (const [file, text] of Object.entries(files)) this.#write(`checked/${file}`, text);
    const compilerOptions = { rootDir: '.', moduleDetection: 'force', allowImportingTsExtensions: true, noEmit: true };
    this.#write('tsconfig.json', JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include: ['checked'] }));
    const { code, output } = await this.#run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.']);
    return code === 0 ? '' : output;
  }

  /** Runs TypeScript as a program of its own. */
  runProgram(text: string): Promise<Ran> {
    this.#write('program.mjs', stripped(text));
    return this.#run(process.execPath, ['program.mjs']);
  }

  runShell(command: string): Promise<Ran> {
    return this.#run('/bin/sh', ['-c', command]);
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  #installStandIn(name: string, file: string): void {
    const dir = join(this.dir, 'node_modules', name);
    cpSync(join(root, 'test/support/clients'), dir, { recursive: true });
    for (const source of [file, 'post-json.ts']) {
      const text = stripped(readFileSync(join(dir, source), 'utf8'));
      writeFileSync(join(dir, source.replace('.ts', '.mjs')), text.replaceAll('./post-json.ts', './post-json.mjs'));
    }
    const exports = { types: `./${file}`, default: `./${file.replace('.ts', '.mjs')}` };
    writeFileSync(join(dir, 'package.json'), JSON.stringify({ name, type: 'module', exports }));
  }

  #write(file: string, text: string): void {
    const path = join(this.dir, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  #run(program: string, args: readonly string[]): Promise<Ran> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { cwd: this.dir, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.once('error', reject).once('close', (code) => resolve({ code, output }));
    });
  }
}

/** The path in a block's first line, where that is a comment with nothing else in it. */
export function fileNameOf({ text }: CodeBlock): string | undefined {
  return /^(?:#|\/\/) ([\w-][\w./-]*\.(?:ts|yaml))$/m.exec(text.split('\n')[0] ?? '')?.[1];
}

function stripped(text: string): string {
  return transformSync(text, { mode: 'strip-only' }).code;
}
