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
  /** Whether one of the words may be a key, and none may be shown. */
  readonly hidesWords: boolean;
}

/**
 * `words`: arguments that are no options. Of `--port 9000` npm keeps the name and passes the value on as one of them, of `--port=9000` it
 * keeps both. It does not keep the order of names, so that of several words none can be told to be the value of which.
 */
export function npmProblems(
  env: Readonly<Record<string, string | undefined>>,
  flags: readonly OwnFlag[],
  words: readonly string[],
): NpmProblems {
  if (env['npm_lifecycle_event'] !== 'start') return { kept: [], hint: '', hidesWords: false };
  const taken = flags.flatMap(({ name, valued }) => {
    const value = npmOwn.has(name) ? undefined : env[`npm_config_${name.replaceAll('-', '_')}`];
    return value === undefined ? [] : [{ name, valued, value }];
  });
  if (taken.length === 0) return { kept: [], hint: '; npm takes options behind --, as in npm start -- --port 9000', hidesWords: false };
  const hidesWords = taken.some(({ name }) => isSecret(name));
  const lacking = taken.filter(({ valued, value }) => valued && isLost(value)).length;
  const [word, ...others] = words;
  const onlyWord = hidesWords || lacking !== 1 || others.length > 0 ? undefined : word;
  const kept = taken.map(({ name, valued, value }) => {
    if (!valued) return value === '' || value === 'false' ? `--no-${name}` : `--${name}`;
    if (isSecret(name)) return `--${name} KEY`;
    return `--${name} ${isLost(value) ? (onlyWord ?? 'VALUE') : value}`;
  });
  return {
    kept: [`npm kept options for itself; they go behind --, as in npm start -- ${kept.join(' ')}`],
    hint: '',
    hidesWords,
  };
}

/** The line may end in a log. */
function isSecret(name: string): boolean {
  return name.startsWith('api-key');
}

/** What npm keeps of a name whose value came as a word of its own, or not at all. */
function isLost(value: string): boolean {
  return value === 'true' || value === '';
}
