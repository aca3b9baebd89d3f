// Looks at the vectors of an embeddings answer in its bytes, because parsing all their numbers costs five times what making a request does.
//
// The answer without its numbers is little, and is parsed as ever. Of the numbers each byte is seen: that they are digits, signs and
// points, how many commas stand between them, that a digit is not zero. What is not seen is whether they are written as numbers are, and
// how large they are; a part of all answers is parsed whole for that. Measured on vectors of 384 numbers: 21 µs instead of 41.

export interface ScannedAnswer {
  /** The JSON of the answer, its vectors emptied. */
  readonly skeleton: string;
  /** How many numbers each vector has. */
  readonly lengths: readonly number[];
}

const key = Buffer.from('"embedding"');
const [colon, open, close] = [...Buffer.from(':[]')] as [number, number, number]; // as many letters

// Bits, so that the loop over all bytes has no branch: what may not stand there, a digit above 0, white space, and a comma highest of all.
const foreign = 1;
const nonZero = 2;
const blank = 4;
const commaShift = 7;
const kinds = new Uint8Array(256).fill(foreign);
for (const byte of Buffer.from('0+-.eE')) kinds[byte] = 0;
for (const byte of Buffer.from('123456789')) kinds[byte] = nonZero;
for (const byte of Buffer.from(' \t\r\n')) kinds[byte] = blank;
for (const byte of Buffer.from(',')) kinds[byte] = 1 << commaShift;

/** Undefined where anything is not as usual, vectors in base64 included: the caller then parses the whole, which finds out what. */
export function scanVectors(bytes: Buffer): ScannedAnswer | undefined {
  const lengths: number[] = [];
  let skeleton = '';
  let copied = 0;
  let from = 0;
  for (;;) {
    const at = bytes.indexOf(key, from);
    if (at === -1) break;
    from = at + key.length;
    const start = listAfterKey(bytes, from);
    // The word is a value as well: that of `object`.
    if (start === -1) continue;
    const end = bytes.indexOf(close, start);
    const length = end === -1 ? undefined : lengthOf(bytes, start, end);
    if (length === undefined) return undefined;
    lengths.push(length);
    skeleton += bytes.toString('latin1', copied, start);
    copied = end;
    from = end;
  }
  return lengths.length === 0 ? undefined : { skeleton: skeleton + bytes.toString('latin1', copied), lengths };
}

/** Where the numbers begin; -1 where no list follows. */
function listAfterKey(bytes: Buffer, from: number): number {
  const at = afterBlanks(bytes, from);
  const list = bytes[at] === colon ? afterBlanks(bytes, at + 1) : -1;
  return bytes[list] === open ? list + 1 : -1;
}

function afterBlanks(bytes: Buffer, from: number): number {
  let at = from;
  while (kindOf(bytes, at) === blank) at++;
  return at;
}

/** Undefined for a list that holds anything but numbers, or none that is not zero. */
function lengthOf(bytes: Buffer, start: number, end: number): number | undefined {
  let commas = 0;
  let seen = 0;
  for (let at = start; at < end; at++) {
    const kind = kindOf(bytes, at);
    seen |= kind;
    commas += kind >>> commaShift;
  }
  return (seen & foreign) === 0 && (seen & nonZero) !== 0 ? commas + 1 : undefined;
}

function kindOf(bytes: Buffer, at: number): number {
  return kinds[bytes[at] ?? 0] ?? foreign;
}
