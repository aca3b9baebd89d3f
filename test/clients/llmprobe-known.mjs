// What is known of llmprobe's results, each with its reason: alarms that are false, and checks that stay open.

/**
 * Checks that the shipped model fails while the server does right, by the id of the check. One is accepted only in a run where the same
 * check passes on the scripted class: there the server alone is tested.
 */
export const falseAlarms = {
  // The model writes "Alpha Beta Gamma", in capitals, and ends by itself. The check looks for the stop "beta" in any case, while stop
  // sequences are compared as they are written.
  'messages-stop-reason': 'the model never writes the stop sequence as it was given',
  'messages-stop-echoed': 'the model never writes the stop sequence as it was given',
  // The chained request has the tokens of the same conversation sent in full, and both answers are equal; the model does not recall the
  // name in either.
  'responses-chain-remembers': 'the model forgets the name in a conversation that is sent in full, too',
  // It answers "12 + 30 = 32": the second block did reach it.
  'messages-content-blocks-honored': 'the model cannot add',
  // With --full. Open Responses asks for the number of cached tokens in each reply; without a cache it is 0, which these checks take for a
  // cache that does not work. The other routes leave the number out.
  'responses-cache-hit': 'no cache, and a form that has to say 0',
  'responses-cache-prefix-hit': 'no cache, and a form that has to say 0',
};

/** Checks that the scripted class leaves open, by the beginning of their id. Any other one that is not passed there is a failure. */
export const leftOpen = {
  'chat-reasoning-cap': 'it does not think',
  'responses-reasoning-cap': 'it does not think',
  'messages-reasoning': 'it does not think',
  'messages-thinking-budget': 'it does not think',
  'responses-reasoning-roundtrip': 'the suite has no form for it',
  'responses-mcp-tools': 'the suite does not try it',
  // Their counts are of what `cache_control` keeps, apart from the input's, which the suite adds up in another way.
  'messages-prompt-cach': 'messages tell of no cache',
  'chat-rate-limit': 'there is no limit to tell of',
  'responses-rate-limit': 'there is no limit to tell of',
  'messages-rate-limit': 'there is no limit to tell of',
  'images-': 'no method has this route',
  'audio-': 'no method has this route',
  'chat-vision': 'chat does not take images yet',
};
