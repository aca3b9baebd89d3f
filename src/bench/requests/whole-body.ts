// Gathers the bytes of an answer that is read at its end.

// Far above any answer of these routes; a server that never ends would fill the memory.
const largestBytes = 64 * 1024 * 1024;

export class WholeBody {
  #chunks: Buffer[] = [];
  #bytes = 0;

  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > largestBytes) this.#chunks = [];
    else this.#chunks.push(chunk);
  }

  /** Undefined where it is more than is kept. Usually one chunk, which is not copied then. */
  bytes(): Buffer | undefined {
    if (this.#bytes > largestBytes) return undefined;
    const [only] = this.#chunks;
    return this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
  }
}

/** The JSON value of an answer, or what is wrong with it. */
export type ParsedBody = { readonly value: unknown } | { readonly fault: string };

export function parsedBody(bytes: Buffer | undefined): ParsedBody {
  if (bytes === undefined) return { fault: 'an answer that does not end' };
  if (bytes.length === 0) return { fault: 'an empty body' };
  try {
    return { value: JSON.parse(bytes.toString('utf8')) as unknown };
  } catch {
    return { fault: 'malformed JSON' };
  }
}
