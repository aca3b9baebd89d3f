// The operation of a method: its body and answer from the schemas that check them, its errors from the table of codes.

import { type Family, type MethodName, methods } from '../../contract/methods.ts';
import { dialectFor } from '../../dialects/route-dialects.ts';
import { takesTools } from '../../dialects/served-tools.ts';
import type { ModelView } from '../../runtime/model-view.ts';
import { callExamples } from './call-examples.ts';
import type { Components } from './components.ts';
import { errorResponses } from './error-responses.ts';
import { headerParameters, headerReferences } from './headers.ts';

export interface CallRoute {
  readonly method: MethodName;
  readonly id: string;
  readonly summary: string;
  readonly description: string;
  /** The models that may answer; their own schemas are shown as far as they decide. */
  readonly having: readonly ModelView[];
  readonly isKeyed: boolean;
  readonly isModelInPath: boolean;
}

const answerHeaders = ['x-request-id', 'request-id', 'openai-processing-ms'];
const callErrors = [400, 404, 408, 413, 415, 429, 500, 503, 504];

export function callOperation(components: Components, route: CallRoute): object {
  const { method, having } = route;
  const { family } = methods[method];
  const isFree = method === 'predict';
  const examples = callExamples(method, having);
  const input = { schema: schemaOf(components, route, 'input'), ...(Object.keys(examples).length === 0 ? {} : { examples }) };
  const output = schemaOf(components, route, 'output');
  const own = ['x-heddle-priority', 'x-heddle-timeout-ms'] as const;
  return {
    operationId: route.id,
    tags: [family],
    summary: route.summary,
    description: route.description,
    parameters: headerParameters(components, isFree && !route.isModelInPath ? ['x-heddle-model', ...own] : own),
    requestBody: {
      required: !isFree,
      content: { 'application/json': input, ...(isFree ? { 'application/octet-stream': {} } : {}) },
    },
    responses: {
      200: {
        description: 'The answer.',
        headers: headerReferences(components, takesTools(method) ? [...answerHeaders, 'heddle-dropped-tools'] : answerHeaders),
        content: {
          'application/json': { schema: output },
          ...(streams(method) ? { 'text/event-stream': { schema: components.schema(`EventStream.${family}`, eventStream(family)) } } : {}),
          ...(isFree ? { 'application/octet-stream': {} } : {}),
        },
      },
      ...errorResponses(components, family, route.isKeyed ? [...callErrors, 401].sort((a, b) => a - b) : callErrors),
    },
  };
}

/** A route streams where its body can ask for it; `predict` where its method returns an iterator. */
function streams(method: MethodName): boolean {
  const schema: { readonly properties?: object } = dialectFor(method).inputSchema;
  return method === 'predict' || 'stream' in (schema.properties ?? {});
}

/** The schema of a stream of the family. */
export function eventStream(family: Family): object {
  const end = family === 'anthropic' ? 'Ends with the event `message_stop`' : 'Ends as the API of the route does';
  return { type: 'string', description: `Server-sent events. ${end}; after an error it ends without that.` };
}

/** What the route asks of every body, and then what the model does, which is known where one model alone can answer. */
function schemaOf(components: Components, { method, having }: CallRoute, side: 'input' | 'output'): object {
  const word = side === 'input' ? 'Request' : 'Response';
  const dialect = dialectFor(method);
  const routes = side === 'input' ? dialect.inputSchema : dialect.outputSchema;
  const name = `${method.charAt(0).toUpperCase()}${method.slice(1)}${word}`;
  const owns = having.map((model) => {
    const schema = model.schemas[method]?.[side];
    return schema === undefined ? undefined : components.schema(`${model.name}.${method}.${word}`, schema);
  });
  const [only] = owns;
  if (method === 'predict') {
    const known = owns.filter((own) => own !== undefined);
    // A model without a schema takes anything, so with one of those nothing can be said of the route.
    if (known.length === 0 || known.length < having.length) return components.schema(name, describedAny(side));
    return known.length === 1 && only !== undefined ? only : { anyOf: known };
  }
  const general = components.schema(name, routes);
  return having.length === 1 && only !== undefined ? { allOf: [general, only] } : general;
}

function describedAny(side: 'input' | 'output'): object {
  return { description: side === 'input' ? 'Whatever the model takes.' : 'Whatever the model returns.' };
}
