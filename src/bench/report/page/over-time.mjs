// What happened when: outcomes, tokens, leaves and the server's process along the time of the run, and the same for each storm.

import { outcomeStyles, phaseStyles } from './marks.mjs';
import { plot } from './plot.mjs';
import { clockSteps, wholeSteps, writes } from './scales.mjs';

const time = { name: 'time', write: writes.clock, tight: true, steps: clockSteps };
const fromZero = (write) => ({ write, from: 0 });

export function drawOverTime({ steps, server }) {
  const timed = steps.filter(({ timeline }) => timeline.atS.length > 0).sort((a, b) => a.timeline.atS[0] - b.timeline.atS[0]);
  const starts = timed.map(({ name, timeline }) => ({ name, at: timeline.atS[0] - timeline.binS / 2 }));
  // One step says nothing that the caption does not.
  const marks = starts.length > 1 ? starts : [];
  const seconds = (id, lines) => plot(id, { lines, x: time, y: fromZero(writes.perSecond), marks, height: 220 });
  seconds(
    'outcomes',
    kinds(outcomeStyles, timed, (timeline) => timeline.outcomesPerS),
  );
  seconds('tokens', [along(timed, (timeline) => timeline.tokensPerS, { name: 'tokens out', colour: 'series-1', isFilled: true })]);
  seconds('texts', [along(timed, (timeline) => timeline.textsPerS, { name: 'texts', colour: 'series-3', isFilled: true })]);
  plot('leaves', {
    lines: kinds(phaseStyles, timed, (timeline) => timeline.leaves).map((line) => ({ ...line, isStepped: true, isFilled: true })),
    x: time,
    y: { ...fromZero(writes.count), steps: wholeSteps },
    marks,
    height: 180,
  });
  if (server === undefined) return;
  const sampled = (id, y, style, write) =>
    plot(id, { lines: [{ x: server.atS, y, isFilled: true, ...style }], x: time, y: fromZero(write), marks, height: 200 });
  sampled('memory', server.rssMib, { name: 'resident memory', colour: 'series-6' }, writes.mib);
  sampled('cpu', server.cpuCores, { name: 'CPU', colour: 'series-2' }, writes.cores);
}

/** One line for each kind that happened in any step. */
function kinds(styles, timed, countsOf) {
  return Object.entries(styles)
    .filter(([kind]) => timed.some(({ timeline }) => countsOf(timeline)[kind] !== undefined))
    .map(([kind, style]) => along(timed, (timeline) => countsOf(timeline)[kind], style));
}

/** All steps after one another; nothing is drawn in those without such values, or between the end of one and the start of the next. */
function along(timed, valuesOf, style) {
  const x = [];
  const y = [];
  for (const { timeline } of timed) {
    const values = valuesOf(timeline) ?? timeline.atS.map(() => null);
    x.push(...timeline.atS, timeline.atS.at(-1) + timeline.binS / 2);
    y.push(...values, null);
  }
  return { x, y, ...style };
}

export function drawStorms(storms) {
  for (const [index, { calm, storm, timeline }] of storms.entries()) {
    const dots = (name, points, style) => ({ name, x: points.atS, y: points.latencyMs, hasLine: false, hasDots: true, ...style });
    const since = { name: 'since the first request', write: writes.s, from: 0 };
    plot(`storm-${index}-latency`, {
      lines: [dots('nobody leaves', calm, { colour: 'series-3', isHollow: true }), dots('storm', storm, { colour: 'series-7' })],
      x: since,
      y: fromZero(writes.ms),
    });
    plot(`storm-${index}-leaves`, {
      lines: Object.entries(timeline.leaves).map(([phase, counts]) => ({
        x: timeline.atS,
        y: counts.map((count) => (count === 0 ? null : count)),
        isBars: true,
        ...phaseStyles[phase],
        dash: [],
      })),
      x: since,
      y: { ...fromZero(writes.count), steps: wholeSteps },
    });
  }
}
