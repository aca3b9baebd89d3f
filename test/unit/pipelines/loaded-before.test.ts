// A library that came first has a runtime the server cannot watch: pipelines on it are refused, in this process and no other.

import '@huggingface/transformers';
import { expect, test } from 'vitest';
import { Pipeline } from '../../../workers/pipelines/pipeline.ts';
import { CountingGauge } from '../../support/counting-gauge.ts';

test('a pipeline is refused where the library was loaded before', async () => {
  const opening = Pipeline.open({ dataDir: '.', threads: 1, native: new CountingGauge() }, 'feature-extraction');
  await expect(opening).rejects.toThrow('import it afterwards, inside load()');
});
