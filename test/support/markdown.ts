// Reads what the tests of the documentation need out of Markdown: code blocks, inline code, links and tables.

export interface CodeBlock {
  /** First word after the fence; empty where there is none. */
  readonly language: string;
  readonly text: string;
  /** Of the fence, from 1. */
  readonly line: number;
}

/** Fenced blocks in order. Throws: RangeError for a fence that never closes, which would swallow the blocks behind it. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { readonly language: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^\s*```(.*)$/.exec(line)?.[1];
    if (fence === undefined) open?.lines.push(line);
    else if (open === undefined) open = { language: fence.trim().split(/\s/)[0] ?? '', line: index + 1, lines: [] };
    else {
      blocks.push({ language: open.language, text: open.lines.join('\n'), line: open.line });
      open = undefined;
    }
  }
  if (open !== undefined) throw new RangeError(`the code block of line ${open.line} is never closed`);
  return blocks;
}

/** Inline code outside code blocks. */
export function inlineCode(markdown: string): string[] {
  return [...prose(markdown).matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

/** Targets of links to other files of the repository, without their anchors. */
export function fileLinks(markdown: string): string[] {
  const targets = [...prose(markdown).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return targets.filter((target) => !/^([a-z]+:|#)/.test(target)).map((target) => target.split('#')[0] ?? '');
}

/** Cells of the body rows of the first table below a heading, without the marks of inline code. */
export function tableBelow(markdown: string, heading: string): string[][] {
  return markedTableBelow(markdown, heading).map((row) => row.map((cell) => cell.replaceAll('`', '')));
}

/** The same, with the marks. */
export function markedTableBelow(markdown: string, heading: string): string[][] {
  const lines = markdown.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new RangeError(`expected the heading "${heading}"`);
  const first = lines.findIndex((line, index) => index > start && line.startsWith('|'));
  const below = lines.slice(first);
  const end = below.findIndex((line) => !line.startsWith('|'));
  const rows = end < 0 ? below : below.slice(0, end);
  // The first two are the head and its rule.
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function prose(markdown: string): string {
  return markdown.replace(/^\s*```[\s\S]*?^\s*```\s*$/gm, '');
}
