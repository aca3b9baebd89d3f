// Pieces of markup that the sections of the report are made of.

import type { FigureTable } from '../figure-table.ts';
import { escapeText } from './escape.ts';

/** `content` is markup. */
export function section(title: string, content: readonly string[], about = ''): string {
  const kept = content.filter((part) => part !== '');
  if (kept.length === 0) return '';
  const lead = about === '' ? '' : `<p class="about">${escapeText(about)}</p>\n`;
  return `<section>\n<h2>${escapeText(title)}</h2>\n${lead}${kept.join('\n')}\n</section>`;
}

/** The element around it scrolls on a narrow screen, so a keyboard has to reach it. */
export function tableElement(table: FigureTable): string {
  if (table.rows.length === 0) return '';
  const head = table.columns.map(({ label, isNumber }) => `<th scope="col"${isNumber ? ' class="number"' : ''}>${escapeText(label)}</th>`);
  const rows = table.rows.map(
    (row) => `<tr>${row.map((cell, index) => cellElement(cell, table.columns[index]?.isNumber === true)).join('')}</tr>`,
  );
  const title = escapeText(table.title);
  return `<h3>${title}</h3>
<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`;
}

function cellElement(cell: string, isNumber: boolean): string {
  const classes = [...(isNumber ? ['number'] : []), ...(cell.endsWith('(VOID)') ? ['void'] : [])];
  return `<td${classes.length === 0 ? '' : ` class="${classes.join(' ')}"`}>${escapeText(cell)}</td>`;
}

export function list(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `<ul>\n${lines.map((line) => `<li>${escapeText(line)}</li>`).join('\n')}\n</ul>`;
}

export function definitions(rows: readonly (readonly [string, string])[], className: string): string {
  const items = rows.map(([term, meaning]) => `<div><dt>${escapeText(term)}</dt><dd>${escapeText(meaning)}</dd></div>`);
  return rows.length === 0 ? '' : `<dl class="${className}">\n${items.join('\n')}\n</dl>`;
}

/** Where the page's script draws; `id` is known to it. */
export function plotFigure(id: string, caption: string, isWide = false): string {
  return `<figure id="${id}" class="plot${isWide ? ' wide' : ''}"><figcaption>${escapeText(caption)}</figcaption><div></div></figure>`;
}

export function plots(figures: readonly string[]): string {
  return figures.length === 0 ? '' : `<div class="plots">\n${figures.join('\n')}\n</div>`;
}
