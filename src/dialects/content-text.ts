// The text of a message's content, which clients send as a string or as a list of parts.

import { InferenceError } from '../core/errors.ts';
import { describe, unknownType } from './check.ts';

export interface ContentPart {
  readonly type: string;
  readonly text?: string;
  readonly refusal?: string;
}

export interface PartTypes {
  readonly text: ReadonlySet<string>;
  /** Parts whose loss does not change the answer. */
  readonly dropped: ReadonlySet<string>;
  /** Known parts that a generator of text cannot take. */
  readonly refused: ReadonlySet<string>;
}

/** Joined by newlines. Throws: InferenceError with the part's path: `unsupported_value` for a known type, `invalid_value` for others. */
export function contentText(content: string | readonly ContentPart[], path: string, types: PartTypes): string {
  if (typeof content === 'string') return content;
  const texts: string[] = [];
  for (const [index, part] of content.entries()) {
    const param = `${path}[${index}]`;
    if (types.dropped.has(part.type)) continue;
    if (types.text.has(part.type)) {
      const key = part.type === 'refusal' ? 'refusal' : 'text';
      const text = part[key];
      if (typeof text !== 'string') {
        throw new InferenceError('missing_required_parameter', `expected ${param}.${key}, got ${describe(text)}`, {
          param: `${param}.${key}`,
        });
      }
      texts.push(text);
    } else if (types.refused.has(part.type)) {
      const type = `${param}.type`;
      throw new InferenceError('unsupported_value', `expected ${type} to be "text", got "${part.type}"`, { param: type });
    } else {
      throw unknownType(`${param}.type`, [...types.text, ...types.refused], part.type);
    }
  }
  return texts.join('\n');
}
