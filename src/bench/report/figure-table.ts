// A table as data: the terminal and the HTML report draw the same one, so they cannot tell different figures.

export interface FigureTable {
  readonly title: string;
  readonly columns: readonly { readonly label: string; readonly isNumber: boolean }[];
  readonly rows: readonly (readonly string[])[];
}

/** A column, and what it shows of a row; undefined where that row has no such figure. */
export interface FigureColumn<Row> {
  readonly label: string;
  readonly isNumber: boolean;
  readonly of: (row: Row) => string | undefined;
}

export function text<Row>(label: string, of: FigureColumn<Row>['of']): FigureColumn<Row> {
  return { label, isNumber: false, of };
}

/** A column of numbers: `write` puts the figure in words. */
export function figure<Row>(label: string, of: (row: Row) => number | undefined, write: (value: number) => string): FigureColumn<Row> {
  const written = (row: Row) => {
    const value = of(row);
    return value === undefined ? undefined : write(value);
  };
  return { label, isNumber: true, of: written };
}

/** A column that no row has anything for is left out: a run of embeddings shows no empty column of tokens. */
export function figureTable<Row>(title: string, columns: readonly FigureColumn<Row>[], rows: readonly Row[]): FigureTable {
  const used = columns.filter(({ of }) => rows.some((row) => of(row) !== undefined));
  return {
    title,
    columns: used.map(({ label, isNumber }) => ({ label, isNumber })),
    rows: rows.map((row) => used.map(({ of }) => of(row) ?? '')),
  };
}
