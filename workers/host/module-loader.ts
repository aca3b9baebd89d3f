// Lets a model folder anywhere import `heddle`, and be written in TypeScript, on every Node we support.

import { register } from 'node:module';

/** Registers the hooks in this thread. */
export function registerModuleHooks(): void {
  register(new URL('./module-hooks.js', import.meta.url));
}
