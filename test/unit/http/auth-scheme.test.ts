// What a refusal tells of a header that holds no bearer key: that it came, never what is in it.

import { expect, test } from 'vitest';
import { keyCheck } from '../../../src/http/auth.ts';

test.each(['k1', 'Basic azE6', 'Bearer a b'])('an authorization of %j is told as one without Bearer', (authorization) => {
  const check = keyCheck({ one: 'k1' });
  expect(() => check({ authorization })).toThrow(
    'expected an API key in Authorization (Bearer) or x-api-key, got an Authorization header without Bearer and one key',
  );
});
