// A gauge that counts: native calls now, native calls ever.

import type { NativeGauge } from '../../src/contract/model.ts';

export class CountingGauge implements NativeGauge {
  depth = 0;
  entered = 0;
  /** Called on each entry with the number of entries so far. Throws: to refuse the entry. */
  onEnter: (entered: number) => void = () => undefined;

  enter = (): void => {
    this.entered += 1;
    this.onEnter(this.entered);
    this.depth += 1;
  };

  leave = (): void => {
    this.depth -= 1;
  };
}
