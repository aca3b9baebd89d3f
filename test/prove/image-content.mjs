// What must not be in the image: sources, tools of development, libraries of other platforms and of devices it cannot use.

const expected = ['LICENSE', 'dist', 'models', 'node_modules', 'package.json'];

/** Looks into /app of a running container. Returns the names of what does not belong, and the size of it all. */
export function contentProblems(container, devPackages) {
  const { files, platform } = JSON.parse(container.evaluate(listing));
  const paths = files.map(({ path }) => path);
  const top = [...new Set(paths.map((path) => path.split('/')[0]))];
  const library = /\.(node|so|dylib|dll)(\.[\d.]+)?$/;
  const others = /(^|[/_.-])(darwin|win32|windows|macos|musl|android)([/_.-]|$)/;
  const foreign = (path) => library.test(path) && (others.test(path) || /\.(dylib|dll)$/.test(path) || otherProcessor(path, platform));
  const problems = [
    ...top.filter((name) => !expected.includes(name)),
    ...devPackages.filter((name) => paths.some((path) => path.startsWith(`node_modules/${name}/`))),
    ...paths.filter((path) => path.startsWith('dist/') && !path.endsWith('.js')),
    ...paths.filter((path) => foreign(path) || /cuda|cudnn|tensorrt/i.test(path.split('/').at(-1))),
    ...files.filter(({ writable }) => writable).map(({ path }) => `${path} (writable)`),
  ];
  return { problems, mib: Math.round(files.reduce((sum, { bytes }) => sum + bytes, 0) / 2 ** 20) };
}

/** Packages name the processor in a folder or in the file's own name. */
function otherProcessor(path, platform) {
  return ['x64', 'arm64', 'ia32', 'arm'].some((name) => name !== platform && new RegExp(`[/_.-]${name}[/_.-]`).test(path));
}

// Runs inside the container, as the server's own user.
const listing = `
  import fs from 'node:fs';
  const paths = fs.readdirSync('/app', { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const canWrite = (path) => { const { uid, mode } = fs.statSync(path); return uid === process.getuid() || (mode & 0o002) !== 0; };
  const files = paths.map((entry) => entry.parentPath + '/' + entry.name).map((path) => ({
    path: path.slice('/app/'.length), bytes: fs.statSync(path).size, writable: canWrite(path),
  }));
  console.log(JSON.stringify({ platform: process.arch, files }));`;
