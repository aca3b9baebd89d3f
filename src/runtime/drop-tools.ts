// A call without the tools that no model can be told of, for servers that drop them instead of refusing the request.

import { dialectFor } from '../dialects/route-dialects.ts';
import { servedTools } from '../dialects/served-tools.ts';
import type { Submission } from './submission.ts';

/**
 * The observer is told what was dropped.
 * Throws: what the route refuses of the rest, such as a choice of a tool that is gone.
 */
export function withServedTools(submission: Submission): Submission {
  const { body, dropped } = servedTools(submission.method, submission.body);
  if (dropped.length === 0) return submission;
  const checked = dialectFor(submission.method).check(body);
  submission.observer.droppedTools?.(dropped);
  return { ...submission, body: checked, bytes: new TextEncoder().encode(JSON.stringify(checked)) };
}

// More would be no header but a body of its own.
const mostNames = 32;
const longestName = 64;

/** The header that names them: what it cannot hold as `?`, and past 32 names only how many more there are. */
export function droppedToolsHeader(names: readonly string[]): Readonly<Record<string, string>> {
  const shown = names.slice(0, mostNames).map((name) => name.slice(0, longestName).replaceAll(/[^\w.:-]/g, '?'));
  const more = names.length - shown.length;
  return { 'heddle-dropped-tools': [...shown, ...(more === 0 ? [] : [`+${more}`])].join(', ') };
}
