// Finds what a source imports. It reads text, not syntax: the compiler brings no parser to call, and text in a string or a comment
// that looks like an import only makes a rule too strict, which a test then tells.

/** Stands for a module whose name the source does not show. */
export const computedSpecifier = '<computed>';

// Comments may stand between the words of an import.
const gap = String.raw`(?:\s|/\*[\s\S]*?\*/|//[^\n]*\n)*`;
const quoted = String.raw`'([^'\n]*)'|"([^"\n]*)"`;
// A template without holes is a plain string as well.
const template = '`([^`$]*)`';
const statement = new RegExp(`\\b(?:from|import)${gap}(?:${quoted})`, 'g');
// Types too: typeof import('x').
const call = new RegExp(String.raw`\b(?:import|require)${gap}\(${gap}(?:(?:${quoted}|${template})${gap}[,)])?`, 'g');
const reference = /^\s*\/\/\/\s*<reference\s+(?:types|path)\s*=\s*(?:'([^']*)'|"([^"]*)")/gm;
// What they load may have any name.
const loader = /\b(?:createRequire|getBuiltinModule)\b/g;

/** Specifiers of static, dynamic and type imports, of exports from another module and of reference directives. */
export function importSpecifiers(source: string): string[] {
  return [statement, call, reference, loader].flatMap((pattern) =>
    [...source.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? computedSpecifier),
  );
}
