/** All formats there are, in the order the help lists them. A new one is a file in formats/ and a line here. */
import type { Format } from './format.ts'
import { alpaca } from './formats/alpaca.ts'
import { kto } from './formats/kto.ts'
import { ktoTag } from './formats/kto-tag.ts'
import { messages } from './formats/messages.ts'
import { preference } from './formats/preference.ts'
import { promptCompletion } from './formats/prompt-completion.ts'
import { ranking } from './formats/ranking.ts'
import { refinements } from './formats/refinements.ts'
import { rl } from './formats/rl.ts'
import { sharegpt } from './formats/sharegpt.ts'
import { verdicts } from './formats/verdicts.ts'

/** The formats. */
export const FORMATS: readonly Format[] = [
  alpaca,
  sharegpt,
  messages,
  promptCompletion,
  preference,
  ranking,
  kto,
  ktoTag,
  verdicts,
  refinements,
  rl,
]

/** What is written where nothing else is asked for. */
export const DEFAULT_FORMAT: Format = alpaca
