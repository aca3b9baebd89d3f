// Reads the answer to a request for embeddings and holds it to its form: as many vectors as texts, in order, of one length, finite, not zero.

import type { AnswerVerdict } from '../prepared-request.ts';
import { type AnswerHeaders, isJson, mediaType, serverTimes, wrongType } from './answer-head.ts';
import { errorCode, field, isGiven } from './json-fields.ts';
import type { Found, InspectedReader } from './route-form.ts';
import { scanVectors } from './vector-scan.ts';
import { parsedBody, WholeBody } from './whole-body.ts';

export interface EmbeddingsExpected {
  readonly texts: number;
  /** Whether all numbers are parsed. */
  readonly isThorough: boolean;
  /** Whether the vectors can be asked for afterwards. */
  readonly keeps: boolean;
  /** Of all answers of the workload: the first one decides where the scenario does not. */
  readonly dimensions: { value: number | undefined };
}

export function embeddingsAnswer(expected: EmbeddingsExpected): InspectedReader {
  return new EmbeddingsAnswer(expected);
}

type Vector = readonly number[] | Float32Array;

class EmbeddingsAnswer implements InspectedReader {
  readonly #expected: EmbeddingsExpected;
  readonly #body = new WholeBody();
  #vectors: Vector[] = [];
  #fault: string | undefined;
  #tokensIn: number | undefined;
  #serverMs: AnswerVerdict['serverMs'];

  constructor(expected: EmbeddingsExpected) {
    this.#expected = expected;
  }

  head(headers: AnswerHeaders): void {
    const type = mediaType(headers);
    if (!isJson(type)) this.#fault = wrongType('application/json', type);
    this.#serverMs = serverTimes(headers);
  }

  data(chunk: Buffer): number {
    if (this.#fault === undefined) this.#body.add(chunk);
    return 0;
  }

  end(): AnswerVerdict {
    this.#fault ??= this.#faultOf(this.#body.bytes());
    const known = {
      ...(this.#tokensIn === undefined ? {} : { tokensIn: this.#tokensIn }),
      ...(this.#serverMs === undefined ? {} : { serverMs: this.#serverMs }),
    };
    return this.#fault === undefined ? { outcome: 'ok', ...known } : { outcome: 'wrong_answer', reason: this.#fault, ...known };
  }

  found(): Found {
    return { vectors: this.#vectors };
  }

  #faultOf(bytes: Buffer | undefined): string | undefined {
    const scanned = this.#expected.isThorough || bytes === undefined ? undefined : scanVectors(bytes);
    if (scanned !== undefined) {
      const parsed = parsedBody(Buffer.from(scanned.skeleton, 'latin1'));
      // What is wrong is better said of the whole.
      if ('value' in parsed && this.#check(parsed.value, (_entry, index) => scanned.lengths[index]) === undefined) return undefined;
    }
    const parsed = parsedBody(bytes);
    if ('value' in parsed) return this.#check(parsed.value, (entry) => this.#lengthOf(entry));
    // Python writes what JSON does not have.
    return bytes !== undefined && /\b(?:NaN|Infinity)\b/.test(bytes.toString('latin1')) ? notFinite : parsed.fault;
  }

  /** `lengthOf` gives a fault where a vector has no length that counts. */
  #check(value: unknown, lengthOf: (entry: unknown, index: number) => number | string | undefined): string | undefined {
    const error = field(value, 'error');
    if (isGiven(error)) return `error body ${errorCode(error)}`;
    const entries = field(value, 'data');
    if (!Array.isArray(entries)) return 'no list of data';
    if (entries.length !== this.#expected.texts) return 'another count of vectors than of texts';
    const { dimensions } = this.#expected;
    let length = dimensions.value;
    for (const [index, entry] of entries.entries()) {
      if (field(entry, 'index') !== index) return 'vectors without their index, or out of order';
      const found = lengthOf(entry, index);
      if (typeof found === 'string') return found;
      if (found === undefined) return noVector;
      length ??= found;
      if (found !== length) return 'another dimension than expected';
    }
    const tokens = field(field(value, 'usage'), 'prompt_tokens');
    if (typeof tokens === 'number') this.#tokensIn = tokens;
    dimensions.value = length;
    return undefined;
  }

  #lengthOf(entry: unknown): number | string {
    const vector = vectorOf(field(entry, 'embedding'));
    if (vector === undefined || vector.length === 0) return noVector;
    let isZero = true;
    for (const number of vector) {
      if (typeof number !== 'number' || !Number.isFinite(number)) return notFinite;
      if (number !== 0) isZero = false;
    }
    if (this.#expected.keeps) this.#vectors.push(vector);
    return isZero ? 'a vector of zeros' : vector.length;
  }
}

const notFinite = 'a vector with what is no finite number';
const noVector = 'no vector in an entry';

/** Numbers, or base64 of float32 in little-endian order. What the numbers of a list are is seen by who goes through them. */
function vectorOf(embedding: unknown): Vector | undefined {
  if (Array.isArray(embedding)) return embedding as readonly number[]; // each is looked at by the caller
  if (typeof embedding !== 'string') return undefined;
  const bytes = Buffer.from(embedding, 'base64');
  if (bytes.length % 4 !== 0) return undefined;
  const vector = new Float32Array(bytes.length / 4);
  for (let index = 0; index < vector.length; index++) vector[index] = bytes.readFloatLE(index * 4);
  return vector;
}
