// The documentation does what it says: every block is of a known kind, types check, files are valid, and requests meet a live server.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DocSandbox, fileNameOf, root } from '../support/doc-sandbox.ts';
import { knowCommand } from '../support/known-commands.ts';
import { type CodeBlock, codeBlocks, fileLinks, inlineCode } from '../support/markdown.ts';
import { implausible } from '../support/plausible.ts';
import { type ServedCommand, serveCommand } from '../support/serve-command.ts';
import { type ShellCommand, shellCommands } from '../support/shell-commands.ts';
import { yamlProblem } from '../support/yaml-blocks.ts';

// Found, not listed: a new document is tested from its first day.
const files = ['docs', 'models/minilm', 'models/smollm2'].flatMap((dir) =>
  readdirSync(join(root, dir))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${dir}/${name}`),
);
const docs = ['README.md', 'CONTRIBUTING.md', ...files].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

// One a document, so that the files of one are not served by the commands of another.
const sandboxes = new Map<string, DocSandbox>();
let server: { readonly key: string; readonly served: ServedCommand } | undefined;

afterAll(async () => {
  await server?.served.close();
  for (const sandbox of sandboxes.values()) sandbox.close();
});

function sandboxOf(path: string): DocSandbox {
  const known = sandboxes.get(path);
  if (known !== undefined) return known;
  const sandbox = new DocSandbox();
  sandboxes.set(path, sandbox);
  for (const { path: other, text } of docs) if (other === path) for (const block of codeBlocks(text)) sandbox.add(block);
  return sandbox;
}

/** Says where, so that a failure can be found without the test. */
async function at<T>(path: string, block: CodeBlock, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new Error(`${path}, block of line ${block.line}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** How a server was started; `npm start` alone where a document does not say. */
interface Start {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const plainStart: Start = { args: [], env: {} };

/** One server at a time, as a reader has it; the next command that needs another one stops it. */
async function serving(path: string, { args, env }: Start): Promise<ServedCommand> {
  const sandbox = sandboxOf(path);
  const key = JSON.stringify([sandbox.hasFiles ? path : '', args, env]);
  if (server?.key === key) return server.served;
  await server?.served.close();
  server = undefined;
  const served = await serveCommand(args, env, sandbox.dir);
  server = { key, served };
  return served;
}

/** Puts the live address where a document has its own. Throws: where it names none, or another port than its server's. */
function addressed(text: string, { url, documentedPort }: ServedCommand): string {
  const own = /http:\/\/(?:127\.0\.0\.1|localhost):(\d+)/g;
  const ports = [...text.matchAll(own)].map(([, port]) => port);
  if (ports.length === 0 || ports.some((port) => port !== documentedPort))
    throw new Error(`expected requests to http://127.0.0.1:${documentedPort}, where the server above listens`);
  return text.replaceAll(own, url);
}

/** Makes the request with the reader's curl. A comment that begins with a status says which one to expect. */
async function request(command: ShellCommand, sandbox: DocSandbox, served: ServedCommand): Promise<void> {
  const text = addressed(command.text, served).replace(/^curl /, String.raw`curl -sS --max-time 100 -w '\n%{http_code}' `);
  const { code, output } = await sandbox.runShell(text);
  const [, answer = '', status = ''] = /^([\s\S]*)\n(\d{3})$/.exec(output) ?? [];
  const wanted = /^[1-5]\d\d\b/.exec(command.comment)?.[0] ?? '200';
  if (code !== 0 || status !== wanted) throw new Error(`${command.text}\nexpected status ${wanted}, got ${status}: ${output}`);
  const shown = /^HTTP\/1/.test(answer) ? answer.slice(answer.search(/\r?\n\r?\n/)).trimStart() : answer;
  const problem = wanted === '200' ? implausible(command.text, shown) : undefined;
  if (problem !== undefined) throw new Error(`${command.text}\n${problem}, got: ${answer}`);
}

for (const { path, text } of docs) {
  const blocks = codeBlocks(text);

  test(`${path}: every block is of a known kind`, async () => {
    for (const block of blocks) {
      await at(path, block, () => {
        switch (block.language) {
          case 'sh':
            for (const command of shellCommands(block.text)) knowCommand(command.words);
            return;
          case 'json':
            for (const json of jsonTexts(block.text)) JSON.parse(json);
            return;
          case 'yaml': {
            const problem = yamlProblem(block.text);
            if (problem !== undefined) throw new Error(problem);
            return;
          }
          case 'ts':
            return; // checked by the compiler, all together
          case 'text':
            return; // what a model reads: test/unit/text/tool-prompt.test.ts holds each to the prompts
          default:
            throw new Error(
              `expected a block of sh, ts, yaml, json or text, got '${block.language}'; docs.test.ts has to learn how to check it`,
            );
        }
      });
    }
  });

  test(`${path}: commands in the text are known and linked files exist`, () => {
    for (const code of inlineCode(text)) if (/^(npm|npx|heddle|docker) \S/.test(code)) knowCommand(shellCommands(code)[0]?.words ?? []);
    for (const link of fileLinks(text)) expect(existsSync(join(root, dirname(path), link)), link).toBe(true);
  });

  if (blocks.some(({ language, text: code }) => isRun(language, code))) {
    // Two models load, and a dozen answers are generated on a machine that may be busy.
    test(`${path}: its requests are answered`, { timeout: 240_000 }, async () => {
      let current = plainStart;
      for (const block of blocks) {
        await at(path, block, async () => {
          if (block.language === 'sh') {
            for (const command of shellCommands(block.text)) {
              const known = knowCommand(command.words);
              if (known.kind === 'serve') current = known;
              if (known.kind === 'curl') await request(command, sandboxOf(path), await serving(path, current));
            }
          } else if (isRun(block.language, block.text)) {
            const program = addressed(block.text, await serving(path, current));
            const { code, output } = await sandboxOf(path).runProgram(program);
            expect(code, output).toBe(0);
            expect(output).not.toBe('');
          }
        });
      }
    });
  }
}

test('every TypeScript block compiles against the built package', async () => {
  const sources = docs.flatMap(({ path, text }) =>
    codeBlocks(text)
      .filter(({ language }) => language === 'ts')
      // Under its own name where it has one, so that blocks of a document can import each other.
      .map((block) => [`${path}.d/${fileNameOf(block) ?? `line-${block.line}.ts`}`, block.text] as const),
  );
  expect(sources.length).toBeGreaterThan(0);
  expect(await sandboxOf('').typeCheck(Object.fromEntries(sources))).toBe('');
});

test('the model of the README answers', async () => {
  const served = await serving('README.md', { args: ['--models', 'my-models'], env: {} });
  const reply = await fetch(`${served.url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ada' }),
  });
  expect(await reply.json()).toEqual({ greeting: 'Hello, Ada!' });
});

/** Requests and programs that make some are run; models are only compiled and served. */
function isRun(language: string, code: string): boolean {
  if (language === 'sh') return /^curl /m.test(code);
  return language === 'ts' && code.includes('http://127.0.0.1:');
}

/** One value, or one a line. */
function jsonTexts(text: string): string[] {
  return /^\{.*\}$/.test(text.split('\n')[0] ?? '') ? text.split('\n') : [text];
}
