// `npm start … & kill $!`: npm tells its shell, and the shell ends without telling anyone. The server may not outlive it with the port.

import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { Command } from '../support/command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Stands for the shell: it starts what follows, and a signal ends it alone.
const shell = `
  const { spawn } = require('node:child_process');
  const env = { ...process.env, npm_lifecycle_event: 'start' };
  const child = spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit', env });
  console.log('started ' + child.pid);
`;

test('a server whose npm was asked to stop ends in order', async () => {
  const args = ['serve', '--models', 'test/fixtures/models', '--only', 'only-predict', '--port', '0'];
  const command = new Command(args, { cwd: root, nodeArgs: ['-e', shell], script: 'src/cli/from-clone.mjs' });
  const started = Number(await command.printed(/started (\d+)/));
  // Also when the test fails by its time, which is how a server shows that outlived its npm.
  onTestFinished(() => {
    if (isRunning(started)) process.kill(started, 'SIGTERM');
  });
  await command.printed(/heddle listens on/);
  command.send('SIGTERM');
  const { signal, lines } = await command.ended;
  expect(signal).toBe('SIGTERM');
  expect(lines.filter((line) => /stopping;| stopped /.test(line))).toHaveLength(2);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
