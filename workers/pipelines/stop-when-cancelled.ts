// A stopping criterion of Transformers.js that ends a generation after the token in which its call was cancelled.

import type { StoppingCriteria } from '@huggingface/transformers';
import type { Cancellable } from '../../src/contract/model.ts';
import type { TransformersLibrary } from './transformers-library.ts';

/** The criterion, to be added to those of the caller. */
export function stopWhenCancelled(library: TransformersLibrary, call: Pick<Cancellable, 'cancelled'>): StoppingCriteria {
  // The base class exists only once the library is loaded.
  class StopWhenCancelled extends library.StoppingCriteria {
    /** Shapes: one flag per sequence of the batch. */
    override _call(sequences: number[][]): boolean[] {
      return sequences.map(() => call.cancelled);
    }
  }
  return new StopWhenCancelled();
}
