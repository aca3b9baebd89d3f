// One plot: from lines of x and y to a drawing that follows the width of the page and its colours.

import { legendMark } from './marks.mjs';
import { axisOf, scaleOf, writes } from './scales.mjs';
import { colourOf } from './theme.mjs';

const { uPlot } = globalThis;
const drawn = [];

/**
 * `lines`: each with name, x, y, colour, dash and how it is drawn (`isStepped`, `isBars`, `hasDots`, `isHollow`, `hasLine`, `isFilled`).
 * `x`, `y`: axes. `marks`: upright lines with a name at a place of x. Does nothing where the report has no figure of that id.
 */
export function plot(id, description) {
  const place = document.querySelector(`#${CSS.escape(id)} > div`);
  if (place === null) return;
  const state = { place, description, current: undefined };
  drawn.push(state);
  new ResizeObserver(() => {
    const width = Math.floor(place.clientWidth);
    if (state.current !== undefined && width > 0 && width !== state.current.width)
      state.current.setSize({ width, height: heightOf(description) });
  }).observe(place);
}

/** Draws all of them anew: colours are read when a plot is made. */
export function drawAll() {
  for (const state of drawn) {
    state.current?.destroy();
    state.current = make(state.place, state.description);
  }
}

const heightOf = ({ height }) => height ?? 260;

function make(place, description) {
  const { lines, x, y, marks = [] } = description;
  const colours = { softInk: colourOf('soft-ink'), grid: colourOf('grid'), line: colourOf('line'), surface: colourOf('surface') };
  const options = {
    width: Math.max(200, Math.floor(place.clientWidth)),
    height: heightOf(description),
    padding: [10, 22, 0, 0],
    scales: { x: scaleOf(x), y: scaleOf(y) },
    axes: [axisOf(x, 'x', colours), axisOf(y, 'y', colours)],
    series: [
      { label: x.name, value: (_, value) => (value === null ? '' : x.write(value)) },
      ...lines.map((line) => seriesOf(line, y, colours)),
    ],
    cursor: { dataIdx: (self, series, index) => lastWithValue(self.data[series], index), points: { size: 7 }, y: false },
    legend: { markers: { width: 0, fill: () => 'transparent' } },
    hooks: { ready: [(self) => showMarks(self, lines)], draw: [(self) => drawMarks(self, marks, colours)] },
  };
  return new uPlot(options, uPlot.join(lines.map((line) => [increasing(line.x), line.y])), place);
}

/** Lines that were joined have values at different places: the pointer reads the last one at or before it. */
function lastWithValue(values, index) {
  let at = index;
  while (at > 0 && (values[at] === undefined || values[at] === null)) at--;
  return at;
}

/** Values at the very same place would hide each other. */
function increasing(values) {
  let last = Number.NEGATIVE_INFINITY;
  return values.map((value) => {
    last = value > last ? value : last + Math.max(Math.abs(last), 1) * 1e-9;
    return last;
  });
}

function seriesOf(line, y, colours) {
  const stroke = colourOf(line.colour);
  const isLine = line.hasLine !== false;
  const paths = line.isBars
    ? uPlot.paths.bars({ size: [0.8, 60] })
    : line.isStepped
      ? uPlot.paths.stepped({ align: 1 })
      : isLine
        ? uPlot.paths.linear()
        : () => null;
  return {
    label: line.name,
    stroke,
    width: isLine ? 2 : 0,
    dash: line.dash ?? [],
    paths,
    ...(line.isBars || line.isFilled ? { fill: stroke.replace('rgb(', 'rgba(').replace(')', line.isBars ? ', 0.75)' : ', 0.12)') } : {}),
    points: { show: line.hasDots === true, size: 7, width: 1.5, stroke, fill: line.isHollow ? colours.surface : stroke },
    value: (_, value) => (value === null || value === undefined ? '' : (y.write ?? writes.count)(value)),
  };
}

function showMarks(self, lines) {
  const rows = self.root.querySelectorAll('.u-legend .u-series');
  for (const [index, line] of lines.entries()) {
    const row = rows[index + 1];
    row?.querySelector('.u-marker')?.replaceChildren(legendMark(line));
  }
}

/** Upright lines with names beside them. A name is written where it hides no other: cut where that helps, else left out. */
function drawMarks(self, marks, colours) {
  const { ctx, bbox } = self;
  const gap = 4 * devicePixelRatio;
  const [left, right] = [bbox.left, bbox.left + bbox.width];
  const places = marks.map(({ at }) => self.valToPos(at, 'x', true));
  let takenTo = left;
  ctx.save();
  Object.assign(ctx, { strokeStyle: colours.softInk, fillStyle: colours.softInk, lineWidth: devicePixelRatio });
  Object.assign(ctx, { font: `${11 * devicePixelRatio}px system-ui, sans-serif`, textBaseline: 'top', textAlign: 'left' });
  ctx.setLineDash([3 * devicePixelRatio, 4 * devicePixelRatio]);
  for (const [index, { name }] of marks.entries()) {
    const next = places[index + 1] ?? right;
    // A step that began before what is shown is named at the edge.
    const from = Math.max(left, places[index]);
    if (from > right + 1 || next <= left) continue;
    ctx.globalAlpha = 0.55;
    ctx.beginPath();
    ctx.moveTo(from, bbox.top);
    ctx.lineTo(from, bbox.top + bbox.height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    const shown = fitted(ctx, name, Math.min(right, next) - from - 2 * gap);
    const width = ctx.measureText(shown === '' ? name : shown).width;
    const start = shown === '' ? from - gap - width : from + gap;
    // At the end of the plot there is room to the left alone.
    if (shown === '' && (index < marks.length - 1 || start < Math.max(takenTo, places[index - 1] ?? left) + gap)) continue;
    ctx.fillText(shown === '' ? name : shown, start, bbox.top + gap / 2);
    takenTo = start + width;
  }
  ctx.restore();
}

function fitted(ctx, name, room) {
  if (ctx.measureText(name).width <= room) return name;
  const points = Array.from(name);
  while (points.length > 2 && ctx.measureText(`${points.join('')}…`).width > room) points.pop();
  return points.length > 2 ? `${points.join('')}…` : '';
}
