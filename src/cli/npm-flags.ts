// Flags that npm kept for itself: `npm start --port 9000` lacks the --, and the server would start on other settings than were asked for.

/** A flag of the server, as far as npm can have taken it. */
export interface OwnFlag {
  readonly name: string;
  /** Whether a value follows it. */
  readonly valued: boolean;
}

// Settings of npm's own, which its files may hold as well: there they mean something else.
const npmOwn: ReadonlySet<string> = new Set(['json', 'only']);

export interface NpmProblems {
  /** One line for all flags that npm took. */
  readonly kept: readonly string[];
  /** What to add to the line of an argument that stands alone. */
  readonly hint: string;
}

/**
 * `words`: arguments that are no options. Of `--port 9000` npm keeps the name and passes the value on as one of them; of `--port=9000` it
 * keeps both.
 */
export function npmProblems(
  env: Readonly<Record<string, string | undefined>>,
  flags: readonly OwnFlag[],
  words: readonly string[],
): NpmProblems {
  if (env['npm_lifecycle_event'] !== 'start') return { kept: [], hint: '' };
  const left = [...words];
  const kept = flags.flatMap(({ name, valued }) => {
    const value = npmOwn.has(name) ? undefined : env[`npm_config_${name.replaceAll('-', '_')}`];
    if (value === undefined) return [];
    if (!valued) return [value === '' || value === 'false' ? `--no-${name}` : `--${name}`];
    // A key is a secret: the line may end in a log.
    if (name.startsWith('api-key')) return [`--${name} KEY`];
    return [`--${name} ${value === 'true' ? (left.shift() ?? 'VALUE') : value}`];
  });
  if (kept.length === 0) return { kept: [], hint: '; npm takes options behind --, as in npm start -- --port 9000' };
  return { kept: [`npm kept options for itself; they go behind --, as in npm start -- ${kept.join(' ')}`], hint: '' };
}
