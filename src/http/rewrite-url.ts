// Brings a URL to the form of the route table: no host, no environment prefix, no doubled or trailing slashes.

import { firstSegments } from './paths.ts';

/**
 * Returns the rewriting for one environment: `/{environment}/…` and `/environments/{environment}/…`, with or without
 * `/sync` after it, as gateways send them. Another environment's prefix stays and ends as an unknown path.
 */
export function urlRewriter(environment: string): (url: string) => string {
  const prefixes = [['environments', environment], [environment]];
  return (target) => {
    // The absolute form, as proxies send it. The host decides nothing here.
    const url = target.replace(/^https?:\/\/[^/?#]*/i, '');
    const query = url.indexOf('?');
    const path = query < 0 ? url : url.slice(0, query);
    const parts = path.split('/').filter((part) => part !== '');
    const prefix = prefixes.find((candidate) => candidate.every((part, index) => parts[index] === part));
    if (prefix !== undefined) {
      parts.splice(0, prefix.length);
      if (parts[0] === 'sync') parts.shift();
    }
    return `/${parts.join('/')}${query < 0 ? '' : url.slice(query)}`;
  };
}

/** Why an environment may not have the name, or undefined if it may: as a prefix it would hide paths that begin alike. */
export function environmentProblem(name: string): string | undefined {
  if (name !== 'environments' && !firstSegments.has(name)) return undefined;
  return `expected the name of an environment that is not the beginning of a route, which it would hide, got '${name}'`;
}
