// What is wrong with a schema, pattern or grammar, with its path inside it; and how a text is quoted in EBNF.

/** Becomes an InferenceError once the parameter of the request is known. */
export class GrammarProblem extends Error {
  readonly code: 'invalid_value' | 'unsupported_value';
  /** `.properties.age.type`, or empty. */
  readonly path: string;

  constructor(code: 'invalid_value' | 'unsupported_value', message: string, cause?: unknown, path = '') {
    super(message, { cause });
    this.code = code;
    this.path = path;
  }
}

/** A text as an EBNF literal. */
export function literal(text: string): string {
  const quoted = [...text].map((char) => {
    const code = char.codePointAt(0) ?? 0;
    if (char === '"' || char === '\\') return `\\${char}`;
    return code < 32 || code > 126 ? `\\U${code.toString(16).padStart(8, '0')}` : char;
  });
  return `"${quoted.join('')}"`;
}
