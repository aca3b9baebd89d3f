// The report of a run as one HTML file that opens from disk and asks nobody for anything.

import type { RunSummary } from '../../run-summary.ts';
import { formulas } from '../formulas.ts';
import { overloadTable, recoveries } from '../overload-tables.ts';
import type { ReportSeries } from '../series.ts';
import { stayerTable, stormTable } from '../storm-tables.ts';
import { stepBlocks } from '../step-tables.ts';
import { answerProblems, answersChecked, capacityLine, noteLines, outcomeTable, voidLines } from '../warnings.ts';
import { withoutCredentials, withoutTexts } from '../without-texts.ts';
import { type Assets, readAssets, sourceHash } from './assets.ts';
import { escapeLines, escapeText, scriptJson } from './escape.ts';
import { type PageData, pageData } from './page-data.ts';
import { definitions, list, section, tableElement } from './parts.ts';
import { batchPlot, distributionPlots, loadPlots, stormPlots, timePlots } from './plot-sections.ts';
import { tiles } from './tiles.ts';

/**
 * The whole text of the file.
 * Throws: the system's error where a script or style of the package is missing.
 */
export function renderReport(summary: RunSummary, series: ReportSeries): string {
  const assets = readAssets();
  const data = pageData(summary, series);
  const target = escapeText(withoutCredentials(summary.target));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(assets)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>heddle bench: ${target}</title>
<link rel="icon" href="data:,">
${assets.styles.map((style) => `<style>${style}</style>`).join('\n')}
</head>
<body>
<header>
<div>
<h1>heddle bench</h1>
<p><code>${target}</code> <time datetime="${escapeText(summary.started_at)}">${escapeText(moment(summary.started_at))}</time></p>
</div>
<button type="button" id="theme" hidden>Dark</button>
</header>
<main>
${body(summary, data).join('\n')}
</main>
<script type="application/json" id="data">${scriptJson(data)}</script>
<script>${assets.library}</script>
<script type="module">${assets.page}</script>
</body>
</html>
`;
}

/** Only the scripts and styles that are in the file, and no request to anywhere; a name that became markup after all could do nothing. */
function policy({ styles, library, page }: Assets): string {
  return [
    "default-src 'none'",
    `script-src ${[library, page].map(sourceHash).join(' ')}`,
    `style-src ${styles.map(sourceHash).join(' ')}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function body(summary: RunSummary, data: PageData): string[] {
  const { overloads, storms } = summary;
  const outcomes = outcomeTable(summary);
  const capacity = capacityLine(summary);
  const overloadParts = overloads.length === 0 ? [] : [list(recoveries(overloads)), tableElement(overloadTable(overloads))];
  const stormParts = storms.length === 0 ? [] : [tableElement(stormTable(storms)), tableElement(stayerTable(storms))];
  return [
    alarm(summary),
    tiles(summary),
    '<noscript><p>The plots need JavaScript; the tables have the same figures.</p></noscript>',
    ...stepBlocks(summary.steps).map(({ title, about, tables }) => section(title, tables.map(tableElement), about)),
    loadPlots(data),
    distributionPlots(data),
    timePlots(data),
    section('Overload', overloadParts),
    section('Cancel storms', [...stormParts, stormPlots(data)]),
    batchPlot(data),
    section('What did not end well', [tableElement(outcomes)]),
    section('Notes', [list([...(capacity === undefined ? [] : [capacity]), answersChecked(summary), ...noteLines(summary)])]),
    section(
      'What the figures mean',
      [
        definitions(
          formulas.map(({ name, meaning }) => [name, meaning]),
          'meanings',
        ),
      ],
      'Tools disagree about these names, so compare figures by their formula.',
    ),
    section('Machine', [
      definitions(
        Object.entries(summary.machine).map(([name, value]) => [name, String(value)]),
        'machine',
      ),
    ]),
    section('Scenario', [
      `<details><summary>As it ran, without its texts</summary><pre>${escapeLines(JSON.stringify(withoutTexts(summary.scenario), undefined, 2))}</pre></details>`,
    ]),
  ].filter((part) => part !== '');
}

function alarm(summary: RunSummary): string {
  const voids = voidLines(summary);
  const wrong = answerProblems(summary);
  if (voids.length + wrong.length === 0) return '';
  const heading = voids.length > 0 ? 'VOID: do not use these figures' : 'The answers were wrong';
  return `<div class="alarm" role="alert">\n<h2>${heading}</h2>\n${list([...wrong, ...voids])}\n</div>`;
}

/** To the second, in the time zone that it was written in: the report may be read anywhere. */
function moment(startedAt: string): string {
  return startedAt.replace('T', ' ').replace(/\.\d+/, '').replace('Z', ' UTC');
}
