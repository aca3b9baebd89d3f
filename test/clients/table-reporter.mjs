// Prints the client matrix as a table, then what failed and why. A test that is no cell is counted in its last line alone.

import { inspect } from 'node:util';

const columns = ['plain', 'stream', 'tools', 'schema', 'error', 'abort'];

export default async function* tableReporter(events) {
  const rows = new Map();
  const counts = { passed: 0, failed: 0 };
  const failures = [];
  const started = performance.now();
  for await (const { type, data } of events) {
    if (type === 'test:stderr' || type === 'test:stdout') yield data.message;
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details.type === 'suite') continue;
    const passed = type === 'test:pass';
    counts[passed ? 'passed' : 'failed'] += 1;
    if (!passed) failures.push(`\nfailed: ${data.name}\n${reason(data.details.error)}\n`);
    const [client, route, column, behaviour] = data.name.split(' | ');
    if (behaviour === undefined) continue;
    const row = rows.get(`${client} | ${route}`) ?? {};
    rows.set(`${client} | ${route}`, row);
    row[column] ??= { passed: 0, total: 0 };
    row[column].passed += passed ? 1 : 0;
    row[column].total += 1;
  }
  yield* table(rows);
  yield failures.join('');
  const seconds = Math.round((performance.now() - started) / 1000);
  yield `\nclients: ${counts.passed} passed, ${counts.failed} failed, ${seconds} s\n`;
}

function* table(rows) {
  if (rows.size === 0) return;
  const names = [...rows.keys()].map((name) => name.split(' | '));
  const widths = [0, 1].map((at) => Math.max(...names.map((name) => name[at].length)));
  const line = (cells) => `${cells.map((cell, at) => cell.padEnd(widths[at] ?? 7)).join('  ')}\n`;
  yield `\n${line(['client', 'route', ...columns])}`;
  for (const [name, row] of rows) yield line([...name.split(' | '), ...columns.map((column) => shown(row[column]))]);
}

function shown(cell) {
  if (cell === undefined) return '-';
  return cell.passed === cell.total ? 'pass' : `${cell.passed}/${cell.total}`;
}

function reason(error) {
  const cause = error.cause ?? error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
}
