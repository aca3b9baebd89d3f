// The request that the stand-ins of client packages make, with the headers that the real ones send.

/** Throws: Error with the status and the body of an answer that is none. */
export async function postJson(url: string, headers: Readonly<Record<string, string>>, body: object): Promise<Response> {
  // Clients ask for JSON even where they want a stream.
  const common = { accept: 'application/json', 'content-type': 'application/json', 'x-stainless-lang': 'js' };
  const reply = await fetch(url, { method: 'POST', headers: { ...common, ...headers }, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`);
  return reply;
}

/** The data of a stream of events, until its terminator. Throws: Error where the stream ends without one. */
export async function* eventsOf(reply: Response): AsyncGenerator<unknown> {
  for (const event of (await reply.text()).split('\n\n')) {
    if (event === 'data: [DONE]') return;
    if (event.startsWith('data: ')) yield JSON.parse(event.slice('data: '.length));
  }
  throw new Error('expected a stream that ends with [DONE]');
}
