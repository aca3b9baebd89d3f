// Splits the shell blocks of the documentation into commands, so that a test can tell what each one is and run it.

export interface ShellCommand {
  /** As written, without its comment: what a reader would paste. */
  readonly text: string;
  /** With quotes and escapes resolved, as the program would get them. Variables set before the program come first. */
  readonly words: readonly string[];
  /** Behind `#` on the line of the command. */
  readonly comment: string;
}

/**
 * The commands of a block in order. Knows quotes, escapes, comments, continued lines, `;` and `&&`.
 * Throws: SyntaxError for every other construct of a shell, since nobody would run it.
 */
export function shellCommands(block: string): ShellCommand[] {
  const reader = new BlockReader(block);
  return reader.commands();
}

class BlockReader {
  readonly #block: string;
  readonly #found: ShellCommand[] = [];
  #at = 0;
  #start = 0;
  #words: string[] = [];
  #word: string | undefined;

  constructor(block: string) {
    this.#block = block;
  }

  commands(): ShellCommand[] {
    while (this.#at < this.#block.length) this.#step();
    this.#endCommand('');
    return this.#found;
  }

  #step(): void {
    const char = this.#block[this.#at] ?? '';
    const next = this.#block[this.#at + 1] ?? '';
    if (char === '\\') {
      if (next !== '\n') this.#grow(next);
      this.#at += 2;
    } else if (char === "'" || char === '"') this.#quoted(char);
    else if (char === '#' && this.#word === undefined) this.#comment();
    else if (char === '\n' || char === ';') {
      this.#endCommand('');
      this.#at += 1;
      this.#start = this.#at;
    } else if (char === '&' && next === '&') {
      this.#endCommand('');
      this.#at += 2;
      this.#start = this.#at;
    } else if (char === ' ' || char === '\t') {
      this.#endWord();
      this.#at += 1;
    } else if ('|&<>$`(){}*?'.includes(char)) throw new SyntaxError(`expected a plain command, got ${JSON.stringify(char)} outside quotes`);
    else {
      this.#grow(char);
      this.#at += 1;
    }
  }

  #quoted(quote: string): void {
    const end = this.#block.indexOf(quote, this.#at + 1);
    const text = this.#block.slice(this.#at + 1, end);
    if (end < 0) throw new SyntaxError(`expected ${quote} to be closed`);
    // In double quotes a shell would resolve these.
    if (quote === '"' && /[$`\\]/.test(text)) throw new SyntaxError('expected double quotes around plain text');
    this.#grow(text);
    this.#at = end + 1;
  }

  #comment(): void {
    const newline = this.#block.indexOf('\n', this.#at);
    const end = newline < 0 ? this.#block.length : newline;
    this.#endCommand(this.#block.slice(this.#at + 1, end).trim());
    this.#at = end;
    this.#start = end;
  }

  #grow(text: string): void {
    this.#word = (this.#word ?? '') + text;
  }

  #endWord(): void {
    if (this.#word !== undefined) this.#words.push(this.#word);
    this.#word = undefined;
  }

  #endCommand(comment: string): void {
    this.#endWord();
    if (this.#words.length > 0) {
      this.#found.push({ text: this.#block.slice(this.#start, this.#at).trim(), words: this.#words, comment });
    }
    this.#words = [];
  }
}
