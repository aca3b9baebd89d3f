// A real server for a test: the built package, real threads, a real socket on a free port.

import { fileURLToPath } from 'node:url';
import { createServer, type Logger, Runtime, type RuntimeOptions, type ServerOptions } from 'heddle';

export const modelsDir = fileURLToPath(new URL('../../models', import.meta.url));

/** Remembers what was logged. */
export class MemoryLogger implements Logger {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];
  debug = (message: string, fields = {}): void => void this.lines.push({ level: 'debug', message, fields });
  info = (message: string, fields = {}): void => void this.lines.push({ level: 'info', message, fields });
  warn = (message: string, fields = {}): void => void this.lines.push({ level: 'warn', message, fields });
  error = (message: string, fields = {}): void => void this.lines.push({ level: 'error', message, fields });
}

/** The JSON body of a reply, whose shape the test asserts. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails where it is not there
export async function bodyOf(reply: Response): Promise<any> {
  return reply.json();
}

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly runtime: Runtime;
  readonly logger: MemoryLogger;
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
  close(): Promise<boolean>;
}

/** Serves the folders in `dirs`; all are settled when it resolves. */
export async function serve(
  dirs: readonly string[],
  options: Partial<ServerOptions> = {},
  ofRuntime: Partial<RuntimeOptions> = {},
): Promise<TestServer> {
  const logger = new MemoryLogger();
  const runtime = new Runtime({ logger, ...ofRuntime });
  const server = await createServer(runtime, { logger, ...options });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  await Promise.all(dirs.map((dir) => runtime.load(dir)));
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    runtime,
    logger,
    post: (path, body, init) =>
      fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), ...init }),
    async close() {
      await server.close();
      return runtime.close();
    },
  };
}
