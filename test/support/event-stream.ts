// Server-sent events as a test reads them: the text of a stream, its frames, and the objects in them.

/** Reads up to the end of a stream, or up to its first event of a type; then what is left stays unread. */
export async function readTo(reply: Response, type?: string): Promise<string> {
  const reader = reply.body?.getReader();
  const decoder = new TextDecoder();
  for (let text = ''; ; ) {
    const step = await reader?.read();
    text += decoder.decode(step?.value, { stream: true });
    if (step?.done !== false || (type !== undefined && text.includes(`event: ${type}\n`))) return text;
  }
}

/** Each with the empty line that ends it. */
export function framesOf(stream: string): readonly string[] {
  return stream.split(/(?<=\n\n)/);
}

/** The objects of the data lines. */
export function eventsOf(stream: string) {
  return [...stream.matchAll(/^data: (\{.*)$/gm)].map(([, json = '']) => JSON.parse(json));
}
