// One container for a proof: started hardened by docker or podman, asked things, and removed whatever happens.

import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';

// As a cautious operator runs it. The tmpfs is there so that a write to it would be noticed, not because one is needed.
const hardening = ['--read-only', '--cap-drop', 'all', '--security-opt', 'no-new-privileges', '--tmpfs', '/tmp'];
// Replicas are one per core, so memory can be limited only together with cores. More of these than there are is refused.
const limits = ['--memory', '1g', '--cpus', String(Math.min(2, availableParallelism()))];
// Longer than anything asked of an engine but a build: the slowest waits for two models, or for a server to end.
const commandLimitMs = 60_000;

/**
 * The engine by its command line, `docker` or `podman --runtime runc`, with further flags for builds and runs.
 * `ask` returns what the command wrote to standard output. Throws: Error with its complaint when it fails.
 */
export function containerEngine({ command, buildFlags, runFlags }) {
  const [program, ...globalFlags] = words(command);
  const spawn = (args, options = {}) => {
    const ended = spawnSync(program, [...globalFlags, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26, ...options });
    if (ended.error !== undefined) throw new Error(`${program} ${args[0]}: ${ended.error.message}`);
    return ended;
  };
  const ask = (...args) => {
    const ended = spawn(args, { timeout: commandLimitMs });
    if (ended.status !== 0) throw new Error(`${program} ${args[0]} failed: ${ended.stderr.trim()}`);
    return ended.stdout.trim();
  };
  return {
    ask,
    try: (...args) => spawn(args, { timeout: commandLimitMs }),
    build(image, folder) {
      // Podman's own image format has no health check.
      const env = { ...process.env, BUILDAH_FORMAT: 'docker' };
      const { status } = spawn(['build', ...words(buildFlags), '--tag', image, folder], { env, stdio: 'inherit' });
      if (status !== 0) throw new Error(`${program} build failed; the lines above say why`);
    },
    image: (name) => JSON.parse(ask('image', 'inspect', name))[0],
    run: (name, image, flags) => ask('run', '--detach', '--name', name, ...hardening, ...limits, ...flags, ...words(runFlags), image),
  };
}

const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    for (const container of running) container.remove();
    process.exit(1);
  });
}

/** Starts a container, lends it to `use` and removes it. `settings` are the server's HEDDLE_ variables. */
export async function withContainer(engine, { image, flags = [], settings = {} }, use) {
  const name = `heddle-prove-${process.pid}-${running.size}-${Date.now()}`;
  const container = {
    /** Runs a program inside. Returns its exit status and standard output. */
    exec: (...args) => engine.try('exec', name, ...args),
    /** The same as the program that the health check is, with one variable changed. */
    execWith: (variable, ...args) => engine.try('exec', '--env', variable, name, ...args),
    /** Evaluates JavaScript inside. Returns what it printed. */
    evaluate: (code) => engine.ask('exec', name, 'node', '--input-type=module', '--eval', code),
    logs() {
      const { stdout, stderr } = engine.try('logs', name);
      return `${stderr}${stdout}`;
    },
    signal: (signal) => engine.ask('kill', '--signal', signal, name),
    /** Waits for the end. Returns the exit code. */
    wait: () => Number(engine.ask('wait', name)),
    isRunning: () => engine.ask('inspect', '--format', '{{.State.Running}}', name) === 'true',
    remove: () => engine.try('rm', '--force', name),
  };
  running.add(container);
  try {
    const variables = Object.entries(settings).flatMap(([key, value]) => ['--env', `HEDDLE_${key}=${value}`]);
    engine.run(name, image, [...flags, ...variables]);
    return await use(container);
  } finally {
    container.remove();
    running.delete(container);
  }
}

/** A port that nothing listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function words(text) {
  return text.split(/\s+/).filter((word) => word !== '');
}
