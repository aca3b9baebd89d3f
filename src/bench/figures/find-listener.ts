// Which process of this machine listens where the load goes to, so that nobody has to look its id up.

import { fieldNumber, type ProcFiles, statFields, systemProc } from './proc-files.ts';

export type Listener = { readonly pid: number } | { readonly note: string };

/** The process behind a URL of this very machine, or why it is not known. Never throws. */
export async function findListener(
  url: string,
  proc: ProcFiles = systemProc,
  platform: NodeJS.Platform = process.platform,
): Promise<Listener> {
  const { hostname, port, protocol } = new URL(url);
  if (!isLoopback(hostname)) return { note: 'the server is not addressed as one of this machine, so its process is not known' };
  if (platform !== 'linux') return { note: `which process listens on a port is known on Linux alone, not on ${platform}` };
  const number = Number(port) || (protocol === 'https:' ? 443 : 80);
  const sockets = new Set([...(await listening(proc, '/proc/net/tcp', number)), ...(await listening(proc, '/proc/net/tcp6', number))]);
  if (sockets.size === 0) return { note: `no process of this machine is seen to listen on port ${number}` };
  const holders = await holdersOf(proc, sockets);
  const [first, ...others] = await withoutChildren(proc, holders);
  if (first === undefined) return { note: `the process that listens on port ${number} belongs to somebody else; name it by --server-pid` };
  if (others.length > 0)
    return { note: `several processes listen on port ${number} (${[first, ...others].join(', ')}); name one by --server-pid` };
  return { pid: first };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** The inodes of sockets that listen on the port and can be reached by loopback. Source: proc_pid_net(5). */
async function listening(proc: ProcFiles, path: string, port: number): Promise<string[]> {
  const lines = ((await proc.read(path)) ?? '').split('\n').slice(1);
  return lines.flatMap((line) => {
    // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    const [address = '', hexPort = ''] = local.split(':');
    // 0A is TCP_LISTEN.
    return state === '0A' && inode !== undefined && Number.parseInt(hexPort, 16) === port && isLocal(address) ? [inode] : [];
  });
}

/** Any address, or a loopback one. Words of four bytes in the order of the machine, which is little-endian wherever Node is built. */
function isLocal(address: string): boolean {
  if (/^0+$/.test(address)) return true;
  // 127.0.0.0/8, alone or in its form for version 6; then ::1.
  return /^(0{16}FFFF0000)?.{6}7F$/.test(address) || /^0{24}01000000$/.test(address);
}

/** Every process that has one of these sockets open. Those of other users do not show theirs. */
async function holdersOf(proc: ProcFiles, inodes: ReadonlySet<string>): Promise<Set<number>> {
  const links = new Set([...inodes].map((inode) => `socket:[${inode}]`));
  const holders = new Set<number>();
  for (const name of await proc.list('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    for (const descriptor of await proc.list(`/proc/${name}/fd`)) {
      const target = await proc.link(`/proc/${name}/fd/${descriptor}`);
      if (target !== undefined && links.has(target)) holders.add(Number(name));
    }
  }
  return holders;
}

/** Children inherit the socket of their parent, and a watch of the parent covers them. */
async function withoutChildren(proc: ProcFiles, pids: ReadonlySet<number>): Promise<number[]> {
  const parents: number[] = [];
  for (const pid of pids) {
    const fields = await statFields(proc, pid);
    if (fields === undefined || !pids.has(fieldNumber(fields, 4))) parents.push(pid);
  }
  return parents;
}
