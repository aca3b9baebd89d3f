// `POST /predict`: the body is the user's own, any JSON; the result is whatever the method returns.

import type { CheckedBody, RouteDialect } from '../../contract/dialect.ts';
import { frameAny } from './any-result.ts';

export const predictDialect: RouteDialect = {
  method: 'predict',
  family: 'native',
  inputSchema: {},
  outputSchema: {},
  // The model's own schema is the only judge of this body, nulls and arrays included; the declared type is the other routes'.
  check: (body) => body as CheckedBody,
  frame: (result, context) => frameAny('predict', result, context.gather),
};
