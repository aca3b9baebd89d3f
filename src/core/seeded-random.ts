// A seeded generator of random numbers, because the one of the language cannot repeat itself.

/**
 * Numbers in [0, 1) with 53 random bits. Same seed, same numbers, on every machine.
 * Source: xoshiro128**, Blackman and Vigna 2018; its state is filled by splitmix32, as they advise.
 */
export function seededRandom(seed: number): () => number {
  // Seeds may be larger than 32 bits or negative: both halves count.
  let mix = (seed ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1)) | 0;
  const splitmix = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let word = mix ^ (mix >>> 16);
    word = Math.imul(word, 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return word ^ (word >>> 15);
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let d = splitmix();
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  // 27 high bits and 26 low ones make the 53 a double holds.
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
