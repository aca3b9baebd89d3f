// Whether vectors are what they ought to be: those of a reference, or at least the same for the same text and others for another.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InferenceError } from '../../core/errors.ts';
import type { Workload } from '../scenario-schema.ts';
import { field, items } from './json-fields.ts';
import type { Ask } from './route-form.ts';
import type { Trial } from './trial.ts';
import { preparer, workloadName } from './workload-requests.ts';

// Two runs of one text differ by rounding alone, and texts of words drawn at random are never so close.
const sameCosine = 0.999;
// Enough of a reference, and several texts a request, so that their order is tried as well.
const mostReferences = 256;
const textsPerRequest = 8;

/** Throws: invalid_config with the file and the line of a reference that cannot be read. */
export async function checkEmbeddings(workload: Workload, baseDir: string, ask: (index: number) => Ask, trial: Trial): Promise<void> {
  const { reference, cosine = 1 } = workload.expect ?? {};
  if (reference === undefined) await againstItself(workload, ask, trial);
  else await againstReference(workload, readReference(resolve(baseDir, reference)), cosine, trial);
}

type Vector = readonly number[] | Float32Array;

async function againstReference(workload: Workload, reference: readonly Reference[], least: number, trial: Trial): Promise<void> {
  const prepare = preparer(workload);
  for (let from = 0; from < reference.length; from += textsPerRequest) {
    const part = reference.slice(from, from + textsPerRequest);
    const answer = await trial.ask(prepare(asking(part.map(({ text }) => text))), `reference texts ${from + 1} to ${from + part.length}`);
    for (const [place, vector] of (answer?.vectors ?? []).entries()) {
      const cosine = cosineOf(vector, part[place]?.vector ?? []);
      trial.likeness(cosine);
      if (!(cosine >= least)) {
        trial.problem(
          workloadName(workload),
          `reference text ${from + place + 1}: cosine ${cosine.toFixed(4)}, expected at least ${least}`,
        );
      }
    }
  }
}

/** A text twice alone, then beside another, so that a server that mixes up its rows is caught. */
async function againstItself(workload: Workload, ask: (index: number) => Ask, trial: Trial): Promise<void> {
  const prepare = preparer(workload);
  const name = workloadName(workload);
  const text = ask(0).prompts[0]?.text ?? '';
  const once = (await trial.ask(prepare(asking([text])), 'a text'))?.vectors?.[0];
  const again = (await trial.ask(prepare(asking([text])), 'the same text again'))?.vectors?.[0];
  if (once === undefined || again === undefined) return;
  if (!(cosineOf(once, again) >= sameCosine)) trial.problem(name, 'the same text has another vector the second time');
  const other = otherText(text, ask);
  if (other === undefined) return;
  const pair = (await trial.ask(prepare(asking([other, text])), 'two texts'))?.vectors;
  const [different, same] = pair ?? [];
  if (different === undefined || same === undefined) return;
  const likeOther = cosineOf(once, different);
  // By comparison: where a batch shares the scale of its int8 numbers, a row is less like itself than a fixed bound could ask for.
  if (cosineOf(once, same) < likeOther) trial.problem(name, 'the vectors of two texts are out of order');
  else if (!(likeOther < sameCosine)) trial.problem(name, 'different texts have the same vector');
}

const mostTries = 32;

/** Undefined where the workload has only one text. */
function otherText(text: string, ask: (index: number) => Ask): string | undefined {
  for (let index = 1; index <= mostTries; index++) {
    const other = ask(index).prompts.find((prompt) => prompt.text !== text);
    if (other !== undefined) return other.text;
  }
  return undefined;
}

function asking(texts: readonly string[]): Ask {
  return { prompts: texts.map((text) => ({ text })), isThorough: true };
}

interface Reference {
  readonly text: string;
  readonly vector: readonly number[];
}

function readReference(file: string): readonly Reference[] {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new InferenceError('invalid_config', `${file}: expected a readable file`, { cause });
  }
  const lines = content.split(/\r?\n/).flatMap((line, index) => (line.trim() === '' ? [] : [{ line, number: index + 1 }]));
  if (lines.length === 0) throw new InferenceError('invalid_config', `${file}: expected at least one text with its vector, found none`);
  return lines.slice(0, mostReferences).map(({ line, number }) => ofLine(line, `${file}:${number}`));
}

function ofLine(line: string, place: string): Reference {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The parser's own message shows a piece of the text.
    throw new InferenceError('invalid_config', `${place}: expected JSON`);
  }
  const text = field(value, 'text');
  const vector = items(field(value, 'vector')).filter((number) => typeof number === 'number');
  if (typeof text !== 'string' || text === '' || vector.length === 0 || vector.length < items(field(value, 'vector')).length) {
    throw new InferenceError('invalid_config', `${place}: expected an object with text and a vector of numbers`);
  }
  return { text, vector };
}

/** Not a number where the lengths differ, which is as unlike as can be. */
function cosineOf(one: Vector, other: Vector): number {
  if (one.length !== other.length) return Number.NaN;
  let product = 0;
  let ofOne = 0;
  let ofOther = 0;
  for (const [place, value] of one.entries()) {
    const beside = other[place] ?? 0;
    product += value * beside;
    ofOne += value * value;
    ofOther += beside * beside;
  }
  return product / Math.sqrt(ofOne * ofOther);
}
