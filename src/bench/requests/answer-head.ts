// What the headers of an answer say: whether it is of the form that was asked for, and how long the server says its phases took.

import type { AnswerReader } from '../prepared-request.ts';

export type AnswerHeaders = Parameters<AnswerReader['head']>[0];

/** Without parameters, in lower case; empty where there is none. */
export function mediaType(headers: AnswerHeaders): string {
  return one(headers['content-type']).split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

export function isJson(type: string): boolean {
  return type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type);
}

export const eventStream = 'text/event-stream';

/** For a reason. A header may hold anything, so only what looks like a type is shown. */
export function wrongType(wanted: string, type: string): string {
  return `expected ${wanted}, got ${/^[\w.+-]{1,40}\/[\w.+-]{1,40}$/.test(type) ? type : 'no known content type'}`;
}

/**
 * Milliseconds by phase: of `server-timing`, or the one figure that OpenAI's header has. Undefined where the server tells nothing.
 * Source: W3C Server Timing; a metric without a duration is none here.
 */
export function serverTimes(headers: AnswerHeaders): Readonly<Record<string, number>> | undefined {
  const timing = one(headers['server-timing']);
  if (timing === '') {
    const whole = one(headers['openai-processing-ms']);
    return whole !== '' && Number.isFinite(Number(whole)) ? { processing: Number(whole) } : undefined;
  }
  const phases: Record<string, number> = {};
  for (const metric of timing.split(',')) {
    const [, name, duration] = /^\s*([\w.-]{1,64})\s*;(?:.*;)?\s*dur\s*=\s*"?([\d.]+)/i.exec(metric) ?? [];
    if (name !== undefined && duration !== undefined) phases[name] = Number(duration);
  }
  return Object.keys(phases).length === 0 ? undefined : phases;
}

function one(value: string | readonly string[] | undefined): string {
  return value === undefined ? '' : typeof value === 'string' ? value : value.join(',');
}
