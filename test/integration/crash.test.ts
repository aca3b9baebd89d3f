// An error that nobody caught, while a model's thread is inside native code: a kill, and not the abort that Node's own exit can end in.

import { once } from 'node:events';
import { request } from 'node:http';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { Command } from '../support/command.ts';
import { bodyOf, modelsDir } from '../support/serve.ts';

// Stands for a defect of the server: on a signal of the test, a promise of the main thread is rejected and nobody looks.
const defect = `process.on('SIGUSR2', () => { Promise.reject(new Error('a defect')); });`;

test('an unhandled rejection amid a native run is logged and ends the process by SIGKILL', async () => {
  const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(defect)}`];
  const command = new Command(['serve', '--port', '0', '--only', 'smollm2', '--json'], { cwd: dirname(modelsDir), nodeArgs });
  try {
    const url = await command.printed(/"url":"([^"]+)".*"models settled"/);
    const call = request(`${url}/v1/completions`, { method: 'POST', headers: { 'content-type': 'application/json' } });
    call.end(JSON.stringify({ prompt: 'word '.repeat(3000), max_tokens: 1 }));
    const cut = once(call, 'error');
    while ((await bodyOf(await fetch(`${url}/v1/models/smollm2`))).running !== 1) await new Promise((resolve) => setImmediate(resolve));
    command.send('SIGUSR2');
    expect(await command.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(await cut).toMatchObject([{ code: 'ECONNRESET' }]);
    const lines = command.linesWith('unhandled rejection');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'error', error: expect.stringMatching(/^Error: a defect\n {4}at /) });
  } finally {
    await command.close();
  }
});
