// Fails when a source file outgrew the length at which it should become two.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const longest = 300;
const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.ts', '*.mjs'], { encoding: 'utf8' });
const files = listed.split('\0').filter((file) => file !== '' && existsSync(file));
const tooLong = files.flatMap((file) => {
  const lines = readFileSync(file, 'utf8').split('\n').length - 1;
  return lines > longest ? [`${file}: ${lines} lines, at most ${longest}`] : [];
});
process.stdout.write(`${[...tooLong, `file length: ${files.length} files, ${tooLong.length} too long`].join('\n')}\n`);
process.exitCode = tooLong.length === 0 ? 0 : 1;
