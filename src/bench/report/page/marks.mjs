// How series are told apart: by colour, by dashes, and by their name in the legend, so that no one of the three is needed.

import { colourOf } from './theme.mjs';

const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2]];
const colourCount = 8;

/** Colour and dashes for the series with that place; forty differ in one of the two. */
export function styleAt(index) {
  return { colour: `series-${(index % colourCount) + 1}`, dash: dashes[index % dashes.length] };
}

/** One outcome looks the same in every report. */
export const outcomeStyles = {
  ok: { name: 'ok', colour: 'series-1', dash: [] },
  rejected: { name: 'rejected', colour: 'series-2', dash: [8, 4] },
  timeout: { name: 'timeout', colour: 'series-4', dash: [2, 3] },
  connection_error: { name: 'connection error', colour: 'series-7', dash: [10, 3, 2, 3] },
  wrong_answer: { name: 'wrong answer', colour: 'series-5', dash: [5, 2] },
  truncated: { name: 'truncated', colour: 'series-6', dash: [3, 2] },
  cancelled: { name: 'cancelled', colour: 'series-3', dash: [12, 4] },
};

export const phaseStyles = {
  queued: { name: 'queued', colour: 'series-4', dash: [] },
  before_first_token: { name: 'before the first token', colour: 'series-5', dash: [8, 4] },
  mid_stream: { name: 'in mid-stream', colour: 'series-6', dash: [2, 3] },
};

const svg = (name, attributes) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

/** The line or dot of a series as it is drawn, for the legend. */
export function legendMark({ colour, dash = [], isHollow, hasLine = true, hasDots = false }) {
  const stroke = colourOf(colour);
  const mark = svg('svg', { width: 30, height: 12, 'aria-hidden': 'true' });
  if (hasLine) mark.append(svg('line', { x1: 0, x2: 30, y1: 6, y2: 6, stroke, 'stroke-width': 2, 'stroke-dasharray': dash.join(' ') }));
  if (hasDots)
    mark.append(svg('circle', { cx: 15, cy: 6, r: 3.5, stroke, 'stroke-width': 1.5, fill: isHollow ? colourOf('surface') : stroke }));
  return mark;
}
