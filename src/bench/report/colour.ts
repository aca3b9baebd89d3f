// Colour on a terminal, and when there is none.

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly alarm: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

const plain = (text: string) => text;
const sgr = (on: string) => (text: string) => `\u{1b}[${on}m${text}\u{1b}[0m`;

/** `alarm` is white on red: what it marks makes the rest worthless. */
const coloured: Paint = { bold: sgr('1'), dim: sgr('2'), alarm: sgr('1;97;41'), good: sgr('32'), bad: sgr('31') };
const uncoloured: Paint = { bold: plain, dim: plain, alarm: plain, good: plain, bad: plain };

export function paint(color: boolean): Paint {
  return color ? coloured : uncoloured;
}

/** `noColor` is the variable NO_COLOR: anything but an empty value turns colours off. Source: the NO_COLOR convention. */
export function wantsColor(isTty: boolean, noColor: string | undefined): boolean {
  return isTty && (noColor === undefined || noColor === '');
}
