// Every error code heddle can answer with, as data: the one place where a code meets its status and its wire names.

/** What one code means on every surface. `docs/errors.md` repeats this table and a test holds the two equal. */
export interface ErrorSpec {
  /** HTTP status. 499 never reaches a client, it is for the log alone. */
  readonly status: number;
  /** `error.type` in the OpenAI family. */
  readonly openaiType: string;
  /** `error.type` in the Anthropic family. */
  readonly anthropicType: string;
  /** Whether the same request may succeed later; sends `Retry-After` when the delay is known. */
  readonly retryable: boolean;
  /** False: `error.code` is null on the wire, because the code is of no use to a client. */
  readonly onWire: boolean;
  readonly meaning: string;
}

function spec(
  status: number,
  openaiType: string,
  anthropicType: string,
  meaning: string,
  more: { readonly retryable?: boolean; readonly onWire?: boolean } = {},
): ErrorSpec {
  return { status, openaiType, anthropicType, retryable: more.retryable ?? false, onWire: more.onWire ?? true, meaning };
}

const bad = (meaning: string): ErrorSpec => spec(400, 'invalid_request_error', 'invalid_request_error', meaning);
const busy = { retryable: true } as const;

export const errorCodes = {
  invalid_json: bad('The body is not valid UTF-8 JSON, is nested too deeply, or holds a forbidden key.'),
  missing_required_parameter: bad('A required field is absent; `param` has its path.'),
  invalid_type: bad('A field has the wrong JSON type; `param` has its path.'),
  invalid_value: bad('A field has the right type and a value that is not allowed.'),
  unknown_parameter: bad('A key that the route does not know, where unknown keys are refused.'),
  unsupported_parameter: bad('A known field that the model cannot honour.'),
  unsupported_value: bad('A known field with a value that the model cannot honour.'),
  context_length_exceeded: bad('The prompt has more tokens than the model can take.'),
  previous_response_not_found: bad('No stored response has the id in `previous_response_id`: unknown, deleted, evicted or expired.'),
  invalid_api_key: spec(401, 'invalid_request_error', 'authentication_error', 'The API key is missing or wrong.'),
  unknown_url: spec(404, 'invalid_request_error', 'not_found_error', 'No such path, or no loaded model has the method behind it.'),
  model_not_found: spec(
    404,
    'invalid_request_error',
    'not_found_error',
    'No loaded model answers to that name, or the named one lacks the method.',
  ),
  response_not_found: spec(404, 'invalid_request_error', 'not_found_error', 'No stored response has that id.', { onWire: false }),
  method_not_allowed: spec(405, 'invalid_request_error', 'invalid_request_error', 'The path exists for other verbs; `Allow` lists them.'),
  request_timeout: spec(408, 'invalid_request_error', 'invalid_request_error', 'The request did not arrive in time.'),
  request_too_large: spec(413, 'invalid_request_error', 'request_too_large', 'The body is larger than `body_limit_bytes`.'),
  unsupported_media_type: spec(
    415,
    'invalid_request_error',
    'invalid_request_error',
    'The content type or encoding is not one the route reads.',
  ),
  rate_limit_exceeded: spec(
    429,
    'rate_limit_error',
    'rate_limit_error',
    'The queue of the model is full, or those that run in the background fill the store of responses.',
    busy,
  ),
  deadline_unreachable: spec(
    429,
    'rate_limit_error',
    'rate_limit_error',
    'The queue is longer than the deadline of the request allows.',
    busy,
  ),
  client_closed_request: spec(499, 'invalid_request_error', 'invalid_request_error', 'The client left. In the log only.', {
    onWire: false,
  }),
  internal_error: spec(500, 'server_error', 'api_error', 'The model or the server failed; the log has the reason.', { onWire: false }),
  invalid_result: spec(500, 'server_error', 'api_error', 'The model returned something its route cannot send.'),
  store_full: spec(500, 'server_error', 'api_error', 'A background response or its events outgrew the room in the store of responses.'),
  invalid_config: spec(500, 'server_error', 'api_error', 'A config.yaml or a server setting is wrong. At load only.'),
  invalid_model: spec(500, 'server_error', 'api_error', 'The class breaks the Model contract. At load only.'),
  weight_mismatch: spec(500, 'server_error', 'api_error', 'A weight file is missing, truncated or altered. At load only.'),
  load_failed: spec(500, 'server_error', 'api_error', 'The constructor or `load` of the model threw. At load only.'),
  model_loading: spec(503, 'server_error', 'overloaded_error', 'The model is still loading.', busy),
  model_failed: spec(503, 'server_error', 'overloaded_error', 'The model failed to load; `/v1/models/{name}` has the reason.'),
  replica_lost: spec(
    503,
    'server_error',
    'overloaded_error',
    'The thread that ran the request had to be ended; the request may be sent again.',
    busy,
  ),
  shutting_down: spec(503, 'server_error', 'overloaded_error', 'The server is stopping.', busy),
  timeout: spec(504, 'server_error', 'timeout_error', 'The request did not finish by its deadline.'),
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof errorCodes;
