/**
 * Ninefold as a library: the pipeline a configuration describes, without the command line, and what a processor of
 * one's own is written with.
 *
 *   import { openPipeline } from 'ninefold'
 *
 *   await using pipeline = await openPipeline('ninefold.yaml')
 *   await pipeline.load([{ question: 'Which drug …?', options: ['enalapril', 'amlodipine'], answer: 'A' }])
 *   await pipeline.run()
 *   for await (const record of pipeline.records()) console.log(record.cot)
 */

/** The zod that Ninefold reads shapes with: an answer's shape is made of it. */
export { z } from 'zod'
export type { AuditReport } from './audit/audit.ts'
export type { Fault, Finding, StepCounts } from './audit/findings.ts'
export type { Config, ModelSpec, RoleSpec, Sampling } from './config/config.ts'
export { NinefoldError } from './errors.ts'
export type { ExportedFile, ExportSummary } from './export/export.ts'
export type { Shape } from './export/shapes.ts'
export { defineConfig, type NinefoldConfig } from './library/config.ts'
export {
  type ExportRequest,
  type LoadRequest,
  type LoadResult,
  openPipeline,
  type Pipeline,
  type PipelineSettings,
  type RunRequest,
  type RunResult,
} from './library/pipeline.ts'
export type { QuestionInput, QuestionProblem } from './library/questions.ts'
export type { Answer, Ask, Message, StructuredAnswer, StructuredRequest, TextRequest } from './models/ask.ts'
export type { AvroField, AvroList, AvroRecord, AvroSchema, AvroValue } from './plugins/avro-value.ts'
export {
  defineProcessor,
  defineTopic,
  type OwnEmission,
  type OwnInput,
  type OwnTopic,
  type ProcessorDefinition,
  type ProcessorPlugin,
  type Readable,
} from './plugins/define.ts'
export { requestOf } from './processors/request.ts'
export { type Block, fencedMessage } from './prompts/fence.ts'
export { definePrompt, type Prompt, type PromptSpec } from './prompts/prompt.ts'
export { contentId } from './schemas/ids.ts'
export type { TopicName, TopicRecords } from './schemas/topics.ts'
export type * from './schemas/types.ts'
export { type ProcessorContext, RecordError } from './streams/processor.ts'
export type { UnreadableRecord } from './streams/unreadable.ts'
