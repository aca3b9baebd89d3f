import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRecordFile } from '../../../../src/bench/report/json-lines.ts';
import { writeSummary } from '../../../../src/bench/report/summary-file.ts';
import { recordOf, runOf } from './synthetic-run.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-report-'));
});
afterEach(() => rm(folder, { recursive: true }));

const linesOf = async (path: string) =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('a record is one line with the names of the file and times in microseconds', async () => {
  const path = join(folder, 'records.jsonl');
  const file = await openRecordFile(path);
  await file.write('steady', {
    ...recordOf({ intendedMs: 1.00049, firstByteMs: 9, firstTokenMs: 10.12345678, tokenMs: [10.12345678, 20], endMs: 33.3333333 }),
    tokensIn: 5,
    tokensOut: 2,
    serverMs: { queue: 1.5 },
  });
  await file.write('steady', recordOf({ index: 1, outcome: 'cancelled', leave: 'queued', reason: 'left while queued', isWarmup: true }));
  await file.close();
  expect(await linesOf(path)).toEqual([
    {
      step: 'steady',
      index: 0,
      workload: 'questions',
      route: 'chat',
      warmup: false,
      intended_ms: 1,
      sent_ms: 1,
      first_byte_ms: 9,
      first_token_ms: 10.123,
      token_ms: [10.123, 20],
      end_ms: 33.333,
      status: 200,
      outcome: 'ok',
      bytes_sent: 200,
      bytes_received: 900,
      items: 1,
      tokens_in: 5,
      tokens_out: 2,
      server_ms: { queue: 1.5 },
    },
    expect.objectContaining({ index: 1, outcome: 'cancelled', leave: 'queued', reason: 'left while queued', warmup: true, token_ms: [] }),
  ]);
});

test('a writer waits for the disk when more is written than the buffer holds, and nothing is lost', async () => {
  const path = join(folder, 'records.jsonl');
  const file = await openRecordFile(path);
  let isWaiting = true;
  const big = file
    .write('steady', recordOf({ tokenMs: Array.from({ length: 50_000 }, (_, index) => index + 0.5) }))
    .then(() => (isWaiting = false));
  // A write that waits for nothing has resolved after so many microtasks; the disk cannot answer between them.
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  expect(isWaiting).toBe(true);
  const rest = Array.from({ length: 100 }, (_, index) => file.write('steady', recordOf({ index })));
  // Closed while they wait: each of them still ends.
  await Promise.all([big, ...rest, file.close()]);
  expect(await linesOf(path)).toHaveLength(101);
});

test('a file of records closes twice, and takes nothing after that', async () => {
  const file = await openRecordFile(join(folder, 'records.jsonl'));
  await Promise.all([file.close(), file.close()]);
  await expect(file.write('steady', recordOf())).rejects.toThrow('closed');
});

test('a file of records that cannot be opened is told by the open', async () => {
  await expect(openRecordFile(join(folder, 'missing', 'records.jsonl'))).rejects.toThrow('ENOENT');
});

test.runIf(process.platform === 'linux')('a full disk is told by the write or the close, and ends nothing else', async () => {
  const file = await openRecordFile('/dev/full');
  const written = file.write('steady', recordOf({ tokenMs: Array.from({ length: 50_000 }, () => 1) }));
  await expect(written).rejects.toThrow('ENOSPC');
  await expect(file.close()).rejects.toThrow('ENOSPC');
});

test('a summary replaces the old one and leaves nothing else behind', async () => {
  const path = join(folder, 'summary.json');
  await writeFile(path, 'old');
  await writeSummary(path, runOf());
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(runOf());
  expect(await readdir(folder)).toEqual(['summary.json']);
});

test('a summary that cannot be written leaves the old one and no rest', async () => {
  const path = join(folder, 'summary.json');
  await writeSummary(path, runOf());
  // A folder cannot be replaced by a file: the rename fails after the rest was written.
  const taken = join(folder, 'taken');
  await mkdir(join(taken, 'inner'), { recursive: true });
  await expect(writeSummary(taken, runOf())).rejects.toThrow();
  expect((await readdir(folder)).sort()).toEqual(['summary.json', 'taken']);
});

test('texts that are sent, and credentials, are not in the summary', async () => {
  const path = join(folder, 'summary.json');
  const { scenario } = runOf();
  const [workload] = scenario.workloads;
  if (workload === undefined) throw new Error('expected a workload');
  const secret = 'A secret question.';
  const kept = { name: 'w', path: '/v1/x', body: { encoding_format: 'float', n: 2, prompt: [{ text: secret }] } };
  await writeSummary(
    path,
    runOf({
      target: 'http://user:hidden@127.0.0.1:1/v1',
      scenario: {
        ...scenario,
        target: 'http://user:hidden@127.0.0.1:1/v1',
        workloads: [{ ...workload, ...kept, source: { texts: [secret] }, expect: { text: secret, cosine: 0.99 } }],
      },
    }),
  );
  const text = await readFile(path, 'utf8');
  expect(text).not.toContain(secret);
  expect(text).not.toContain('hidden');
  const shown = JSON.parse(text);
  expect(shown.target).toBe('http://127.0.0.1:1/v1');
  expect(shown.scenario.workloads[0]).toMatchObject({
    name: 'w',
    source: { texts: ['(18 characters)'] },
    body: { encoding_format: 'float', n: 2, prompt: [{ text: '(18 characters)' }] },
  });
});
