/**
 * Takes records through processors within this process: no topics, no groups, no transactions. Who runs it says who
 * answers for the models, where memories are kept, and what becomes of a record that fails.
 */
import type { Ask } from '../models/ask.ts'
import type { AnyProcessor, Emission, Input, ProcessorContext, StatefulProcessor } from './processor.ts'

/** What a flow runs on. */
export interface FlowHost {
  readonly config: ProcessorContext['config']
  readonly processors: readonly AnyProcessor[]
  /** Answers for the models while a processor works on this record. */
  askFor(input: Input): Ask
  /** What a processor with memory makes of a record. */
  decide(processor: StatefulProcessor<unknown>, input: Input): readonly Emission[]
  /** Told each record that was made, before anything is made of it. */
  made(emission: Emission): void
  /** What takes the place of a record's outputs where its processor failed. @throws what ends the flow */
  failed(processor: AnyProcessor, input: Input, error: unknown): readonly Emission[]
}

/** Works on a record, and on everything that comes of it; steps that need not wait for each other do not. */
export async function follow(host: FlowHost, input: Input): Promise<void> {
  const takers = host.processors.filter(({ inputs }) => (inputs as readonly string[]).includes(input.topic))
  await Promise.all(
    takers.map(async (processor) => {
      const emissions = await resultOf(host, processor, input)
      await Promise.all(
        emissions.map((emission) => {
          host.made(emission)
          return follow(host, emission)
        }),
      )
    }),
  )
}

async function resultOf(host: FlowHost, processor: AnyProcessor, input: Input): Promise<readonly Emission[]> {
  try {
    if (processor.kind === 'stateful') return host.decide(processor, input)
    return await processor.process(input, { config: host.config, ask: host.askFor(input) })
  } catch (error) {
    return host.failed(processor, input, error)
  }
}
