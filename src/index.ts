// The public package: the contract, the errors, the runtime. Engines are in `heddle/engines`.

export type { ModelCapabilities } from './contract/capabilities.ts';
export type { ModelConfig, WeightFile } from './contract/config.ts';
export type {
  ChatMessage,
  EmbeddingsResult,
  FinishReason,
  GenerationEvent,
  GenerationInput,
  GenerationRequest,
  OutputFormat,
  PromptInput,
  TokenAlternative,
  TokenLogprob,
  ToolCall,
  ToolChoice,
  ToolDefinition,
} from './contract/generation.ts';
export type { MethodName } from './contract/methods.ts';
export type { Cancellable, Logger, ModelContext, ModelRequest, NativeGauge } from './contract/model.ts';
export { type ErrorCode, errorCodes } from './core/error-codes.ts';
export { HttpError, InferenceError } from './core/errors.ts';
export { completionsToChat } from './dialects/adapters/completions-to-chat.ts';
export { messagesToChat } from './dialects/adapters/messages-to-chat.ts';
export { responsesToChat } from './dialects/adapters/responses-to-chat.ts';
export type { MessagesRequest } from './dialects/anthropic/messages-schema.ts';
export { type ChatCompletionsRequest, chatToGeneration } from './dialects/openai/chat-request.ts';
export { type CompletionsRequest, completionToGeneration } from './dialects/openai/completions-request.ts';
export type { EmbeddingsRequest } from './dialects/openai/embeddings.ts';
export type { ResponsesRequest } from './dialects/openai/responses-request.ts';
export { createServer, type HeddleServer, type ServerOptions } from './http/server.ts';
export type { CallOptions } from './runtime/call-model.ts';
export type { ModelView } from './runtime/model-view.ts';
export type { EventLog } from './runtime/event-log.ts';
export type { StoredResponse } from './runtime/response-store.ts';
export type { StoredResponses } from './runtime/stored-responses.ts';
export { type LoadOptions, Runtime, type RuntimeOptions } from './runtime/runtime.ts';
export type { Submission, SubmissionObserver } from './runtime/submission.ts';
