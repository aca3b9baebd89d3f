// The model's own `static schemas`, applied after the dialect's.

import { InferenceError } from '../core/errors.ts';
import { Compile } from 'typebox/schema';

/** Compiled once per model and method. */
export type InputCheck = (body: unknown) => void;

/** Throws: invalid_model when the schema itself cannot be compiled. The check throws invalid_value or missing_required_parameter with the path of the field. */
export function inputCheck(schema: object): InputCheck {
  const validator = compiled(schema);
  return (body) => {
    if (validator.Check(body)) return;
    const [, errors] = validator.Errors(body);
    const first = errors[0];
    const holder = first === undefined ? '' : clientPath(first.instancePath);
    if (first?.keyword === 'required') {
      // The error is at the object that lacks the field; the client asks for the field.
      const [field = ''] = first.params.requiredProperties;
      const param = holder === '' ? field : `${holder}.${field}`;
      throw new InferenceError('missing_required_parameter', `expected ${param}, got nothing`, { param });
    }
    throw new InferenceError(
      'invalid_value',
      `${holder === '' ? 'body' : holder}: ${first?.message ?? 'does not fit the schema of the model'}`,
      {
        ...(holder === '' ? {} : { param: holder }),
      },
    );
  };
}

function compiled(schema: object) {
  try {
    return Compile(schema);
  } catch (error) {
    throw new InferenceError('invalid_model', 'expected a JSON Schema in `static schemas`', { cause: error });
  }
}

/** `/messages/0/content` as a client writes it: `messages[0].content`. */
function clientPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}
