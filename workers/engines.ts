// The entry of `heddle/engines`: what a Model class runs its weights with.

export { Pipeline, type PipelineArguments, type PipelineOptions, type PipelineResult, type PipelineTask } from './pipelines/pipeline.ts';
export { type EncodeOptions, type EncoderInput, SentenceEncoder, type SentenceEncoderOptions } from './text/sentence-encoder.ts';
export { TextGenerator, type TextGeneratorOptions } from './text/text-generator.ts';
