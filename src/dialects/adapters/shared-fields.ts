// Fields that mean the same, under the same name, on every route of the OpenAI shape.

const names = [
  'model temperature top_p top_k min_p repetition_penalty frequency_penalty presence_penalty seed logit_bias',
  // Extensions of local servers.
  'ignore_eos min_tokens guided_json guided_regex guided_grammar guided_choice truncation',
].flatMap((words) => words.split(' '));

export function sharedFields(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.map((name) => [name, body[name]]));
}
