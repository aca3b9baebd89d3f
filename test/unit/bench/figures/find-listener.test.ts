import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { findListener } from '../../../../src/bench/figures/find-listener.ts';
import { FakeProc } from './fake-proc.ts';

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const line = (address: string, state: string, inode: number) =>
  `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000042fcb0ec 100 0 0 10 0\n`;

/** A process 10 that listens on 127.0.0.1:8080, 1F90 in hex. */
function machine(address = '0100007F:1F90', state = '0A', table = '/proc/net/tcp'): FakeProc {
  const proc = new FakeProc();
  proc.texts.set(table, head + line('00000000:07E8', '0A', 636) + line(address, state, 637));
  proc.processes.set(9, { files: ['/dev/null', 'socket:[636]'] });
  proc.processes.set(10, { files: ['/dev/null', 'socket:[637]'] });
  return proc;
}

const find = (url: string, proc: FakeProc) => findListener(url, proc, 'linux');
const noteOf = async (url: string, proc: FakeProc) => {
  const found = await find(url, proc);
  return 'note' in found ? found.note : `found ${found.pid}`;
};

test('the process that listens on the port is found under every name of this machine', async () => {
  for (const url of ['http://127.0.0.1:8080/v1', 'http://localhost:8080', 'http://[::1]:8080', 'http://127.1.2.3:8080']) {
    expect(await find(url, machine())).toEqual({ pid: 10 });
  }
});

test('a listener on any address, on version 6 and on mapped addresses counts', async () => {
  const zeros = '0'.repeat(32);
  expect(await find('http://localhost:8080', machine('00000000:1F90'))).toEqual({ pid: 10 });
  for (const address of [zeros, `${'0'.repeat(24)}01000000`, '0000000000000000FFFF00000100007F']) {
    expect(await find('http://localhost:8080', machine(`${address}:1F90`, '0A', '/proc/net/tcp6'))).toEqual({ pid: 10 });
  }
});

test('a connection of that port and a listener on another address are not taken for it', async () => {
  expect(await noteOf('http://localhost:8080', machine('0100007F:1F90', '01'))).toContain(
    'no process of this machine is seen to listen on port 8080',
  );
  expect(await noteOf('http://localhost:8080', machine('0500000A:1F90'))).toContain('no process');
});

test('the usual ports of the protocols are known', async () => {
  expect(await find('http://localhost', machine('0100007F:0050'))).toEqual({ pid: 10 });
  expect(await find('https://localhost', machine('0100007F:01BB'))).toEqual({ pid: 10 });
});

test('a server on another machine is not looked for', async () => {
  for (const url of ['http://10.0.0.5:8080', 'http://example.com:8080', 'http://127.0.0.1.example.com:8080', 'http://[fe80::1]:8080']) {
    expect(await noteOf(url, new FakeProc())).toContain('not addressed as one of this machine');
  }
});

test('another system is not looked at', async () => {
  expect(await findListener('http://localhost:8080', new FakeProc(), 'darwin')).toEqual({ note: expect.stringContaining('not on darwin') });
});

test('of a parent and children that share the socket the parent is named', async () => {
  const proc = machine();
  proc.processes.set(11, { parent: 10, files: ['socket:[637]'] });
  proc.processes.set(12, { parent: 11, files: ['socket:[637]'] });
  expect(await find('http://localhost:8080', proc)).toEqual({ pid: 10 });
});

test('several processes on one port are named, for somebody to choose', async () => {
  const proc = machine();
  proc.processes.set(20, { files: ['socket:[637]'] });
  expect(await noteOf('http://localhost:8080', proc)).toBe('several processes listen on port 8080 (10, 20); name one by --server-pid');
});

test('a process whose descriptors are hidden is said to be of somebody else', async () => {
  const proc = machine();
  proc.processes.set(10, {});
  expect(await noteOf('http://localhost:8080', proc)).toContain('belongs to somebody else; name it by --server-pid');
});

test.skipIf(process.platform !== 'linux')('a listener of this very process is found by its real files', async () => {
  for (const host of ['127.0.0.1', '::1']) {
    const server = createServer().listen(0, host);
    try {
      await once(server, 'listening');
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('expected a port');
      expect(await findListener(`http://localhost:${address.port}`)).toEqual({ pid: process.pid });
    } finally {
      server.close();
    }
  }
});
