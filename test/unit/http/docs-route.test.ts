import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { withServer } from './fake-backend.ts';

const folder = new URL('../../../src/http/docs-page/', import.meta.url);

test('the page and all that it refers to are served without a key, and the document is not', () =>
  withServer(
    async ({ url }) => {
      const page = await fetch(`${url}/docs`);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const names = (await readdir(folder)).filter((name) => name !== 'page.html');
      expect(names.length).toBeGreaterThan(1);
      const types = { css: 'text/css; charset=utf-8', mjs: 'text/javascript; charset=utf-8' };
      for (const name of names) {
        const reply = await fetch(`${url}/docs/${name}`);
        const type = name.endsWith('css') ? types.css : types.mjs;
        expect([name, reply.status, reply.headers.get('content-type')]).toEqual([name, 200, type]);
        expect(await reply.text()).toBe(await readFile(new URL(name, folder), 'utf8'));
      }
      expect((await fetch(`${url}/openapi.json`)).status).toBe(401);
    },
    { apiKeys: { a: 'k' } },
  ));

test('the page may reach nothing but its own server, and names nobody else', () =>
  withServer(async ({ url }) => {
    const policy = (await fetch(`${url}/docs`)).headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; /);
    const sources = policy.split('; ').flatMap((directive) => directive.split(' ').slice(1));
    expect(new Set(sources)).toEqual(new Set(["'none'", "'self'", 'data:']));
    for (const name of await readdir(folder))
      expect([name, await readFile(new URL(name, folder), 'utf8')]).toEqual([name, expect.not.stringMatching(/https?:\/\//)]);
  }));

test.each(['/docs/', '/production/docs/'])('%s leads to the page, whose files are named relative to it', (path) =>
  withServer(async ({ url }) => {
    const reply = await fetch(url + path, { redirect: 'manual' });
    expect([reply.status, new URL(reply.headers.get('location') ?? '', url + path).pathname]).toEqual([308, path.slice(0, -1)]);
    expect((await fetch(url + path)).status).toBe(200);
  }),
);

test('a file that is not of the page is 404', () =>
  withServer(async ({ url }) => {
    for (const path of ['/docs/other.mjs', '/docs/..%2Fserver.ts']) expect((await fetch(url + path)).status).toBe(404);
  }));
