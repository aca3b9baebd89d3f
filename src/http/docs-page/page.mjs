// The page: asks for the document, shows its routes by tag, and asks again on demand, since they come and go with the models.

import { element, folded, prose } from './element.mjs';
import { schemaTree } from './schema-tree.mjs';
import { tryIt } from './try-it.mjs';

const at = (id) => document.getElementById(id);
// Kept in memory alone: what a page stores, every later page of this origin can read.
let key = '';
let isKeyed = false;
const keys = { current: () => key, isAsked: () => isKeyed };

at('key-form').addEventListener('submit', (event) => {
  event.preventDefault();
  key = at('key').value.trim();
  void load();
});
at('reload').addEventListener('click', () => void load());
void load();

async function load() {
  try {
    const headers = key === '' ? {} : { authorization: `Bearer ${key}` };
    const reply = await fetch(new URL('openapi.json', new URL('.', location.href)), { headers, credentials: 'omit', cache: 'no-store' });
    if (reply.status === 401) {
      isKeyed = true;
      at('key-form').hidden = false;
      at('routes').replaceChildren();
      at('note').textContent = key === '' ? 'This server asks for an API key.' : 'The server does not know this key.';
      return;
    }
    if (!reply.ok) throw new Error(`the server answered ${reply.status}`);
    show(await reply.json());
  } catch (error) {
    at('note').textContent = `No document: ${error.message}`;
  }
}

function show(root) {
  at('note').replaceChildren(...root.info.description.split('\n\n').map(prose));
  const operations = Object.entries(root.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ path, verb, operation })),
  );
  const sections = root.tags.flatMap(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name));
    return [element('h2', {}, name), prose(description), ...own.map((one) => route(root, one))];
  });
  at('routes').replaceChildren(...sections);
}

function route(root, { path, verb, operation }) {
  const summary = element(
    'summary',
    {},
    element('span', { className: 'verb' }, verb.toUpperCase()),
    element('span', { className: 'path' }, path),
    operation.summary,
  );
  const build = () => [
    ...(operation.description === undefined ? [] : [prose(operation.description)]),
    tryIt({ path, verb, operation, parameters: (operation.parameters ?? []).map((one) => component(root, one)), keys }),
    ...Object.entries(operation.requestBody?.content ?? {}).map(([type, media]) => schemaTree(root, `body, ${type}`, media.schema ?? {})),
    ...Object.entries(operation.responses).map(([status, response]) => answerTree(root, status, component(root, response))),
  ];
  const made = folded(summary, build, 'route');
  made.id = operation.operationId;
  return made;
}

function answerTree(root, status, response) {
  const media = Object.entries(response.content ?? {});
  const label = element('summary', {}, element('code', {}, status), ' ', response.description.split('\n\n').map(title).join(', '));
  const headers = Object.keys(response.headers ?? {}).join(', ');
  const build = () => [
    ...response.description.split('\n\n').map(prose),
    ...(headers === '' ? [] : [prose(`headers: ${headers}`)]),
    ...media.map(([type, { schema }]) => schemaTree(root, type, schema ?? {})),
  ];
  return folded(label, build, 'tree');
}

/** Of a paragraph about an error its code, else all of it. */
function title(paragraph) {
  return /^`(\w+)`: /.exec(paragraph)?.[1] ?? paragraph;
}

/** What a reference of the document leads to. */
function component(root, value) {
  return typeof value.$ref === 'string'
    ? value.$ref
        .slice(2)
        .split('/')
        .reduce((part, name) => part[name], root)
    : value;
}
