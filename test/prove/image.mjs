// Proves the container image: builds it, runs it hardened as a cautious operator would, and checks what a user relies on.
// npm run prove:image [-- IMAGE]. Without IMAGE it builds `heddle` from this folder. The engine and its flags come from
// CONTAINER_ENGINE (docker), CONTAINER_BUILD_FLAGS and CONTAINER_RUN_FLAGS.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { containerEngine, freePort, withContainer } from './container.mjs';
import { contentProblems } from './image-content.mjs';
import { chatText, embeddingCosine, openStream, untilReady } from './requests.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const engine = containerEngine({
  command: process.env.CONTAINER_ENGINE ?? 'docker',
  buildFlags: process.env.CONTAINER_BUILD_FLAGS ?? '',
  runFlags: process.env.CONTAINER_RUN_FLAGS ?? '',
});
// Models take 160 MiB, the packages 70. More means that something came in that does not belong.
const mostAppMib = 300;

// Wider than the longest name of a check.
const nameWidth = 52;

let held = 0;
let failed = 0;
/** One row of the table, printed as soon as it is known. `good` decides, `figure` is shown. */
function row(what, good, figure = '') {
  if (good) held += 1;
  else failed += 1;
  process.stdout.write(`${`${good ? 'ok  ' : 'FAIL'}  ${what.padEnd(nameWidth)}  ${figure}`.trimEnd()}\n`);
}

try {
  const image = process.argv[2] ?? 'heddle';
  if (process.argv[2] === undefined) engine.build(image, root);
  const inspected = engine.image(image);
  row('image size, base included', true, `${Math.round(inspected.Size / 1e6)} MB`);
  await proveServing(image, inspected);
  await proveAlone(image);
  await proveSecondSignal(image);
} catch (error) {
  row('the proof ran to its end', false, error instanceof Error ? error.message : String(error));
}
process.stdout.write(`${held} hold, ${failed} fail\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** Requests over the published port, the hardening, the health check, memory, and a stop in the midst of a stream. */
async function proveServing(image, inspected) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const flags = ['--publish', `127.0.0.1:${port}:${port}`];
  await withContainer(engine, { image, flags, settings: { PORT: port, DRAIN_TIMEOUT_MS: 1000 } }, async (container) => {
    row('/readyz answers 200', true, `after ${await untilReady(url)} ms`);
    const status = container.evaluate(`import fs from 'node:fs'; console.log(fs.readFileSync('/proc/1/status', 'utf8'))`);
    const field = (name) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1];
    const idleMib = Math.round(field('VmRSS') / 1024);
    row('the user is not root', field('Uid') !== '0', `uid ${field('Uid')}`);
    row('no capability is held or can be had', /^0+$/.test(field('CapEff')) && field('NoNewPrivs') === '1');
    const mounts = container.evaluate(`import fs from 'node:fs'; console.log(fs.readFileSync('/proc/self/mounts', 'utf8'))`);
    row('the root file system is read-only', /^\S+ \/ \S+ ro[, ]/m.test(mounts));
    proveContent(container);

    const cosine = await embeddingCosine(url);
    row('an embedding equals the reference', cosine > 0.99, `cosine ${cosine.toFixed(4)}`);
    const text = await chatText(url, 'What is the capital of France?');
    row('a chat names Paris', text.includes('Paris'), text);
    proveHealthCheck(container, inspected);
    const after = container.evaluate(`import fs from 'node:fs'; console.log(fs.readFileSync('/proc/1/status', 'utf8'))`);
    const peakMib = Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(after)?.[1]) / 1024);
    row('memory in use stays below the limit of 1 GiB', peakMib < 1024, `${idleMib} MiB idle, ${peakMib} MiB at most`);

    const stream = await openStream(url);
    const written = container.evaluate(`import fs from 'node:fs'; console.log(JSON.stringify(fs.readdirSync('/tmp')))`);
    row('nothing is written', written === '[]', written === '[]' ? '' : written);
    const asked = performance.now();
    container.signal('TERM');
    const rest = await stream.rest();
    const code = container.wait();
    row('SIGTERM in a stream: exit 0', code === 0, `exit ${code} after ${Math.round(performance.now() - asked)} ms`);
    row('the cut stream says so', rest.includes('"error"') && !rest.includes('[DONE]'));
    proveLog(container.logs());
  });
}

/** No network at all and one core: the models are inside, and the threads follow the quota. */
async function proveAlone(image) {
  await withContainer(engine, { image, flags: ['--network', 'none', '--cpus', '1'] }, async (container) => {
    const code = `
      for (let left = 120; left > 0; left -= 1) {
        const reply = await fetch('http://127.0.0.1:8080/readyz').catch(() => undefined);
        if (reply?.ok) break;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      console.log((await fetch('http://127.0.0.1:8080/readyz')).status);`;
    row('without a network both models load', container.evaluate(code) === '200');
    const plans = container.logs().match(/replicas=\d+ threads=\d+/g) ?? [];
    row(
      'with --cpus 1 each model has one thread',
      plans.length === 2 && plans.every((plan) => plan === 'replicas=1 threads=1'),
      plans.join('; '),
    );
    container.signal('TERM');
    const exit = container.wait();
    row('SIGTERM while idle: exit 0', exit === 0, `exit ${exit}`);
  });
}

/** A volume adds a model; and the second signal ends the process, though the kernel shields the first process of a container. */
async function proveSecondSignal(image) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const flags = ['--publish', `127.0.0.1:${port}:${port}`, '--volume', `${root}examples/echo:/app/models/echo:ro`];
  await withContainer(engine, { image, flags, settings: { PORT: port, DRAIN_TIMEOUT_MS: 600_000 } }, async (container) => {
    await untilReady(url);
    const reply = await fetch(`${url}/models/echo/predict`, { method: 'POST', body: '{"text":"hello"}' });
    row('a model from a volume answers beside the others', reply.ok, `status ${reply.status}`);
    await openStream(url);
    container.signal('TERM');
    // What comes sooner counts as the same key press.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    row('the first signal waits for the stream', container.isRunning());
    container.signal('TERM');
    const code = container.wait();
    row('the second signal ends it at once', code !== 0, `exit ${code}`);
  });
}

function proveContent(container) {
  const { devDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const { problems, mib } = contentProblems(container, Object.keys(devDependencies));
  row('nothing is inside that the server does not need', problems.length === 0, problems.join(', '));
  row(`/app is smaller than ${mostAppMib} MiB`, mib < mostAppMib, `${mib} MiB`);
}

function proveHealthCheck(container, inspected) {
  const [kind, ...command] = (inspected.Config.Healthcheck ?? inspected.Healthcheck)?.Test ?? [];
  if (kind !== 'CMD') return row('the image has a health check', false, 'build it with BUILDAH_FORMAT=docker under podman');
  row('the health check succeeds', container.exec(...command).status === 0);
  // A check that cannot fail says nothing: nothing listens on port 1.
  row('the health check fails where nothing listens', container.execWith('HEDDLE_PORT=1', ...command).status === 1);
}

function proveLog(log) {
  const lines = log.split('\n');
  const told = [
    'listening url=',
    'model ready model=minilm',
    'model ready model=smollm2',
    'method=embeddings model=minilm status=200',
    'stopping',
  ];
  const missing = told.filter((part) => !log.includes(part));
  row(
    'the log tells start, requests and stop',
    missing.length === 0,
    missing.length === 0 ? `${lines.length} lines` : `without: ${missing.join(', ')}`,
  );
  const strange = lines.filter((line) => line.includes('\u001b') || / (warn|error) /.test(line));
  row('the log has no warnings and no colours', strange.length === 0, strange[0] ?? '');
  row('the log has no text of a user', !log.includes('capital of France'));
}
