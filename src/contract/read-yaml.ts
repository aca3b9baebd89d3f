// Reads YAML and tells its mistakes by kind and place. Not in the parser's words: they quote the file, which may hold secrets.

import { type Document, LineCounter, parseDocument, visit } from 'yaml';

export interface YamlRead {
  /** Undefined where there are mistakes. */
  readonly value: unknown;
  /** What was found instead of valid YAML, each with line and column where it has one. */
  readonly mistakes: readonly string[];
}

/** A warning counts as well: what YAML cannot resolve it reads as something else than what was written. */
export function readYaml(text: string): YamlRead {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    const mistakes = problems.map(({ code, pos }) => `${code.toLowerCase().replaceAll('_', ' ')}${placeOf(lineCounter, pos[0])}`);
    return { value: undefined, mistakes };
  }
  try {
    return { value: document.toJS(), mistakes: [] };
  } catch {
    const at = unresolvedAlias(document);
    const mistake =
      at === undefined ? 'more aliases than are followed' : `an alias without its anchor before it${placeOf(lineCounter, at)}`;
    return { value: undefined, mistakes: [mistake] };
  }
}

function unresolvedAlias(document: Document.Parsed): number | undefined {
  let at: number | undefined;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      at = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return at;
}

function placeOf(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return ` at line ${line}, column ${col}`;
}

/** What can be made of a text that may have mistakes, for a look at a key of it; undefined where nothing can. */
export function readYamlLeniently(text: string): unknown {
  try {
    return parseDocument(text).toJS();
  } catch {
    return undefined;
  }
}
