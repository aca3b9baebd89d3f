// The routes that a workload can have.

import type { Route } from '../scenario-schema.ts';
import { chat } from './chat.ts';
import { completions } from './completions.ts';
import { embeddings } from './embeddings.ts';
import { messages } from './messages.ts';
import { predict } from './predict.ts';
import { responses } from './responses.ts';
import type { RouteForm } from './route-form.ts';

export const routes: Readonly<Record<Route, RouteForm>> = { chat, completions, responses, messages, embeddings, predict };
