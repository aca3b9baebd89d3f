// `npm start … & kill $!`: npm tells its shell, and the shell ends without telling anyone. The server may not outlive it with the port.

import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { Command } from '../support/command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Stands for the shell: it starts what follows, and a signal ends it alone.
const shell = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' });
  console.log('started ' + child.pid);
`;

/** A server below npm's script of that name, and the id of its process. */
async function serverBelow(event: string): Promise<{ command: Command; started: number }> {
  const args = ['serve', '--models', 'test/fixtures/models', '--only', 'only-predict', '--port', '0'];
  const env = { npm_lifecycle_event: event };
  const command = new Command(args, { cwd: root, nodeArgs: ['-e', shell], script: 'src/cli/from-clone.mjs', env });
  const started = Number(await command.printed(/started (\d+)/));
  // Also when the test fails by its time, which is how a server shows that outlived its npm.
  onTestFinished(() => {
    if (isRunning(started)) process.kill(started, 'SIGTERM');
  });
  return { command, started };
}

test('a server whose npm was asked to stop ends in order', async () => {
  const { command } = await serverBelow('start');
  await command.printed(/heddle listens on/);
  command.send('SIGTERM');
  const { signal, lines } = await command.ended;
  expect(signal).toBe('SIGTERM');
  expect(lines.filter((line) => /stopping;| stopped /.test(line))).toHaveLength(2);
});

test('a server below another script of npm outlives who started it', async () => {
  const { command, started } = await serverBelow('dev');
  const asked = await serverBelow('start');
  const url = await command.printed(/heddle listens on (http:\S+?)(?:,|\n)/);
  await asked.command.printed(/heddle listens on/);
  command.send('SIGTERM');
  asked.command.send('SIGTERM');
  // By then the other, whose shell ended before, would be stopping too.
  await asked.command.ended;
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect(command.linesWith('stopping;')).toEqual([]);
  process.kill(started, 'SIGTERM');
  expect((await command.ended).lines.filter((line) => /stopping;| stopped /.test(line))).toHaveLength(2);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
