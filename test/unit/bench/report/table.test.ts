import { expect, test } from 'vitest';
import { wantsColor } from '../../../../src/bench/report/colour.ts';
import { renderTable } from '../../../../src/bench/report/table.ts';
import type { RunSummary } from '../../../../src/bench/run-summary.ts';
import { outcomesOf, overloadOf, runOf, spreadOf, stepOf, stormOf } from './synthetic-run.ts';

const draw = (change: Partial<RunSummary> = {}) => renderTable(runOf(change), { color: false });
/** The cells of the first line that begins with those of `start`: cells are two spaces or more apart. */
const cellsOf = (drawn: string, start: string) =>
  drawn
    .split('\n')
    .map((line) => line.trim().replaceAll(/ {2,}/g, '  '))
    .find((line) => line.startsWith(start))
    ?.split('  ');

test('a step shows what was offered and what was carried', () => {
  const drawn = draw({ steps: [stepOf({ tokens_out_per_s: 640 })] });
  expect(cellsOf(drawn, 'step  offered')).toEqual(['step', 'offered', 'sent', 'ok', 'requests', 'tokens out', 'goodput share', 'goodput']);
  expect(cellsOf(drawn, 'steady')).toEqual(['steady', '20.0 /s', '600', '100 %', '19.9 /s', '640 /s', '99.0 %', '19.7 /s']);
});

test('every spread of a step has a row with its quantiles', () => {
  const drawn = draw({ steps: [stepOf({ ttft_ms: spreadOf(250) })] });
  expect(cellsOf(drawn, 'steady  TTFT')).toEqual([
    'steady',
    'TTFT',
    '250 ms',
    '500 ms',
    '625 ms',
    '750 ms',
    '1.00 s',
    '1.25 s',
    '275 ms',
    '600',
  ]);
  expect(cellsOf(drawn, 'latency')?.slice(0, 2)).toEqual(['latency', '100 ms']);
  expect(cellsOf(drawn, 'send lag')?.slice(0, 2)).toEqual(['send lag', '0.100 ms']);
});

test('steps of one kind share a block, whatever ran between them', () => {
  const closed = stepOf({ name: 'eight', mode: 'closed', clients: 8 });
  const drawn = draw({
    steps: [
      stepOf({ name: 'half', kind: 'sweep', offered_per_s: 10 }),
      closed,
      stepOf({ name: 'whole', kind: 'sweep', offered_per_s: 20 }),
    ],
  });
  const lines = drawn.split('\n');
  expect(lines.filter((line) => line.startsWith('Sweep'))).toHaveLength(1);
  const half = lines.findIndex((line) => line.startsWith('  half'));
  expect(lines[half + 1]).toMatch(/^ {2}whole /);
  expect(lines.find((line) => line.startsWith('Closed loop'))).toContain('hide');
});

test('a sweep shows its times rate by rate instead of every quantile of each', () => {
  const drawn = draw({ steps: [stepOf({ kind: 'sweep', name: 'half', offered_per_s: 10, ttft_ms: spreadOf(250) })] });
  expect(cellsOf(drawn, 'step  offered  TTFT')).toEqual(['step', 'offered', 'TTFT p50', 'TTFT p99', 'latency p50', 'latency p99']);
  expect(drawn).toMatch(/half +10\.0 \/s +250 ms +750 ms +100 ms +300 ms\n/);
  expect(drawn).not.toContain('p99.9');
});

test('a step that sent nothing shows no share and no lag', () => {
  const drawn = draw({ steps: [stepOf({ requests: 0, outcomes: outcomesOf({}), send_lag_ms: { ...spreadOf(0), count: 0 } })] });
  expect(drawn).not.toMatch(/NaN|Infinity|send lag p99|\bok\b {2}/);
});

test('void parts of an overload and a storm are marked where their figures stand', () => {
  const late = stepOf({ void_because: ['late'] });
  const drawn = draw({
    overloads: [overloadOf({ overload: late })],
    storms: [stormOf({ stayers: { calm: stepOf(), storm: late } })],
  });
  expect(cellsOf(drawn, 'at 10× (VOID)')?.[0]).toBe('at 10× (VOID)');
  expect(cellsOf(drawn, 'storm (VOID)')?.[0]).toBe('storm (VOID)');
});

test('what is void stands in front of all figures, with the reason', () => {
  const lines = draw({ steps: [stepOf({ void_because: ['the client used 97 % of its core'] })] }).split('\n');
  expect(lines[1]).toBe('VOID  steady: the client used 97 % of its core');
  expect(lines.some((line) => line.trim().startsWith('steady (VOID)'))).toBe(true);
});

test('a void part of an overload is told as well', () => {
  expect(draw({ overloads: [overloadOf({ base: stepOf({ void_because: ['late'] }) })] })).toMatch(/^!+\nVOID {2}rush, before: late\n/);
});

test('wrong answers are told in front of all figures', () => {
  expect(draw({ answers_checked: { requests: 8, problems: ['cosine 0.2 at line 3'] } })).toContain(
    'WRONG answers are wrong: cosine 0.2 at line 3',
  );
});

test('a run that is sound begins with its figures', () => {
  expect(draw()).toMatch(/^Open loop/);
});

test('outcomes other than ok are listed with their reasons, and add up', () => {
  const step = stepOf({
    requests: 100,
    outcomes: outcomesOf({ ok: 90, rejected: 7, connection_error: 3 }),
    reasons: [{ outcome: 'rejected', reason: '503 overloaded', count: 5 }],
  });
  const drawn = draw({ steps: [step] });
  expect(cellsOf(drawn, 'steady  rejected')).toEqual(['steady', 'rejected', '5', '5.00 %', '503 overloaded']);
  expect(drawn).toMatch(/rejected +2 +2\.00 % +no reason known/);
  expect(drawn).toMatch(/connection error +3 +3\.00 % +no reason known/);
});

test('an overload is shown before, during and after, with the way back', () => {
  const drawn = draw({ overloads: [overloadOf()] });
  expect(cellsOf(drawn, 'rush  before')?.slice(0, 5)).toEqual(['rush', 'before', '20.0 /s', '600', '100 %']);
  expect(cellsOf(drawn, 'at 10×')?.slice(1, 5)).toEqual(['400 /s', '2,000', '25.0 %', '1,500']);
  expect(drawn).toContain('back within twice the p50 from before after 1.25 s');
});

test('an overload whose latency did not come back says so', () => {
  const { recovery_s: _, ...lasting } = overloadOf();
  expect(draw({ overloads: [lasting] })).toContain('rush: latency did not come back');
});

test('a storm shows who left, what that wasted, and those who stayed', () => {
  const drawn = draw({ storms: [stormOf()] });
  expect(cellsOf(drawn, 'gust  in mid')).toEqual([
    'gust',
    'in mid-stream',
    '16',
    '50.0 %',
    '24',
    '98.8 %',
    '7.00 ms',
    '35.0 ms',
    '0.0420 s',
  ]);
  expect(cellsOf(drawn, 'gust  nobody')?.slice(-2)).toEqual(['100 ms', '300 ms']);
  expect(drawn).toMatch(/\n +storm .* 80\.0 ms +240 ms\n/);
});

test('notes and the highest rate found are told', () => {
  const drawn = draw({ capacity_per_s: 123.4, steps: [stepOf({ notes: ['few requests'] })] });
  expect(drawn).toContain('note: steady: few requests\n');
  expect(drawn).toContain('highest rate that holds the service level: 123 requests/s');
});

test('the meaning of the figures is printed below them', () => {
  expect(draw()).toMatch(/because tools disagree:\n( {2}.*\n)+$/);
  for (const word of ['TTFT', 'ITL', 'TPOT', 'latency', 'goodput']) expect(draw()).toMatch(new RegExp(`\\n {2}${word} +\\S`));
});

test('colour marks void steps only where it is asked for', () => {
  const run = runOf({ steps: [stepOf({ void_because: ['late'] })] });
  expect(renderTable(run, { color: true })).toContain('\u{1b}[1;97;41mVOID');
  expect(renderTable(run, { color: false })).not.toContain('\u{1b}');
});

test.each([
  [true, undefined, true],
  [true, '', true],
  [true, '1', false],
  [false, undefined, false],
])('terminal %s and NO_COLOR %s: colour %s', (isTty, noColor, wanted) => {
  expect(wantsColor(isTty, noColor)).toBe(wanted);
});
