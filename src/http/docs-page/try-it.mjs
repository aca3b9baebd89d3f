// A request by hand: as a curl command, and sent from here with the answer shown as it arrives.

import { element } from './element.mjs';

// A model can stream for hours; the page keeps the latest part.
const longestAnswer = 200_000;

/** `operation` with its `parameters` resolved; `keys` tells the key in use and whether one is asked for. */
export function tryIt({ path, verb, operation, parameters, keys }) {
  const inputs = parameters.map((parameter) => ({ parameter, input: element('input', { name: parameter.name, autocomplete: 'off' }) }));
  const media = operation.requestBody?.content['application/json'];
  const examples = Object.entries(media?.examples ?? {});
  const body = element('textarea', { spellcheck: false, value: written(examples[0]?.[1].value ?? {}), ariaLabel: 'body' });
  const choice = element('select', { ariaLabel: 'example' }, ...examples.map(([name]) => element('option', { value: name }, name)));
  const curl = element('pre', { className: 'curl' });
  const answer = element('pre', { className: 'answer', hidden: true });
  const send = element('button', { type: 'submit' }, 'Send');
  const abort = element('button', { type: 'button', disabled: true }, 'Abort');

  const request = () => requestOf({ path, verb, inputs, body: media === undefined ? undefined : body.value });
  const showCurl = () => curl.replaceChildren(curlOf(request(), keys.isAsked()));
  choice.addEventListener('change', () => {
    body.value = written(operation.requestBody.content['application/json'].examples[choice.value].value);
    showCurl();
  });
  const form = element(
    'form',
    { className: 'fields' },
    ...inputs.map(({ parameter, input }) =>
      element('label', { title: parameter.description ?? '' }, `${parameter.name} (${parameter.in}) `, input),
    ),
    ...(media === undefined ? [] : [...(examples.length > 1 ? [choice] : []), body]),
    element('div', { className: 'buttons' }, send, abort),
    curl,
    answer,
  );
  form.addEventListener('input', showCurl);
  let running;
  abort.addEventListener('click', () => running?.abort());
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    running?.abort();
    const mine = new AbortController();
    running = mine;
    abort.disabled = false;
    answer.hidden = false;
    const show = (text) => {
      if (running !== mine) return;
      answer.replaceChildren(text);
      answer.scrollTop = answer.scrollHeight; // to what came last
    };
    show('…');
    await exchange(request(), keys.current(), mine.signal, show);
    if (running === mine) abort.disabled = true;
  });
  showCurl();
  return form;
}

function written(value) {
  return JSON.stringify(value, null, 2);
}

function requestOf({ path, verb, inputs, body }) {
  const headers = {};
  let target = path;
  for (const { parameter, input } of inputs) {
    if (parameter.in === 'path') target = target.replace(`{${parameter.name}}`, encodeURIComponent(input.value) || `{${parameter.name}}`);
    else if (parameter.in === 'header' && input.value !== '') headers[parameter.name] = input.value;
  }
  if (body !== undefined) headers['content-type'] = 'application/json';
  // Beside the page, so that a gateway's prefix stays.
  return { url: new URL(target.slice(1), new URL('.', location.href)).href, verb: verb.toUpperCase(), headers, body };
}

/** The key itself is never shown. */
function curlOf({ url, verb, headers, body }, isKeyed) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const lines = [`curl${verb === 'GET' || verb === 'POST' ? '' : ` -X ${verb}`} ${quoted(url)}`];
  if (isKeyed) lines.push('-H "authorization: Bearer $API_KEY"');
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) lines.push(`-d ${quoted(body)}`);
  return lines.join(' \\\n  ');
}

/** Sends and shows what has arrived so far. Aborting closes the connection, which stops the model's work. */
async function exchange({ url, verb, headers, body }, key, signal, show) {
  let text = '';
  try {
    const auth = key === '' ? {} : { authorization: `Bearer ${key}` };
    const reply = await fetch(url, {
      method: verb,
      headers: { ...headers, ...auth },
      body,
      signal,
      credentials: 'omit',
      cache: 'no-store',
    });
    text = `${reply.status} ${reply.statusText}\n${[...reply.headers].map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n`;
    show(text);
    const decoder = new TextDecoder();
    for (let reader = reply.body?.getReader(); reader !== undefined; ) {
      const { done, value } = await reader.read();
      text = (text + decoder.decode(value, { stream: !done })).slice(-longestAnswer);
      show(text);
      if (done) break;
    }
    if (/^content-type: application\/json/m.test(text)) show(pretty(text));
  } catch (error) {
    show(`${text}\n${signal.aborted ? 'aborted: the connection is closed' : `failed: ${error.message}`}`);
  }
}

function pretty(text) {
  const at = text.indexOf('\n\n') + 2;
  try {
    return text.slice(0, at) + written(JSON.parse(text.slice(at)));
  } catch {
    return text;
  }
}
