// Prints how many tests passed and failed, from the JSON report of vitest. Fails when a test failed or none ran.

import { readFileSync } from 'node:fs';

const text = readFileSync(process.argv[2] ?? '', 'utf8');
const report = text === '' ? { numPassedTests: 0, numFailedTests: 0, success: false } : JSON.parse(text);
process.stdout.write(`${report.numPassedTests} passed, ${report.numFailedTests} failed\n`);
process.exitCode = report.success && report.numPassedTests > 0 ? 0 : 1;
