// Installs the client packages, so that what needs them can start beside each other.

import { installed } from './served.mjs';

process.exitCode = (await installed()) ? 0 : 1;
