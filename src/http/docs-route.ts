// `/docs`: a page that shows /openapi.json and sends requests. Its files are static, of this package, and ask nobody else for anything.

import type { FastifyReply } from 'fastify';
import { readFile } from 'node:fs/promises';
import type { DocsFile } from './paths.ts';

const types = { html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', mjs: 'text/javascript; charset=utf-8' } as const;

// What the page may load and reach is this server alone, and no other page may frame it to borrow a key typed there.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page itself refers to its files relative to `/docs`, so it stands below the prefixes of gateways too. */
export async function sendDocs(file: DocsFile, reply: FastifyReply): Promise<void> {
  const [path = ''] = reply.request.originalUrl.split('?', 1);
  if (file === 'page.html' && path.endsWith('/')) {
    // Relative to `/docs/` they would be looked for one level too deep.
    reply.redirect('../docs', 308);
    return;
  }
  const type = file.endsWith('html') ? types.html : file.endsWith('css') ? types.css : types.mjs;
  const text = await readFile(new URL(`./docs-page/${file}`, import.meta.url));
  reply
    .headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    })
    .type(type)
    .send(text);
}
