/**
 * Writes docs/prompts.md from the prompts: `node prompts/generate-docs.ts`, or with `--check` fails when the file is
 * stale.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { OUR_PROMPTS, PROMPT_NAMES, type PromptName } from './prompts.ts'

const TARGET = fileURLToPath(new URL('../docs/prompts.md', import.meta.url))

const HEAD = `# Prompts

<!-- Generated from prompts/ by \`npm run docs\`; edit that instead. -->

What models are asked. Every prompt is a system message and a message with, one below the other,

1. **the material**: the question and what else the step shows, each piece in a block between fence lines of its own, since
   none of it can be trusted;
2. **the task**: what is to be done with it;
3. **the form** of the answer, so that code can read it.

System message and task may be put in words of your own; material and form stay as they are, and so does the schema of
answers in JSON. \`ninefold preview\` shows every prompt as it will be sent.

## Words of your own

\`\`\`yaml
prompts:
  summarize: { file: prompts/summarize.md }        # the task, from a file beside ninefold.yaml
  verify:
    text: Judge the reasoning above, and be strict about doses.
    systemFile: prompts/examiner.md                # the system message
\`\`\`

- A text holds no placeholders: nothing is filled in. Speak of what stands above it ("the reasoning above") by the names of
  the blocks, which are listed with each prompt below. What looks like a placeholder is refused.
- The form follows behind the task; do not repeat it. Line ends and white space around a text do not count.
- Other words are another prompt: its hash and its version (\`summarize@1+\` and eight digits of the hash) follow from them,
  and with these the ids of what is made with it. So they make an edition of their own: a file that is edited after its
  edition has run is refused, and the words are recorded with the edition and stand on the card of a dataset. Only \`score\`
  and \`scoreItem\` may change freely, since no record is made of scores.
- Our own words, written out, are our own prompt: nothing changes until a word does.

To try other words on what has been made, at the price of the difference:

\`\`\`
ninefold replay --from verdicts --edition plain --set prompts.summarize.file=prompts/plain.md
\`\`\`

What is not asked with them is answered from the log: here only the summaries are paid for. Other words for \`generate\` are
other samplers; they need a replay from \`questions\`.

## Our own
`

const ABOUT: Readonly<Record<PromptName, string>> = {
  generate: 'asks for a reasoning path.',
  verify: 'asks the judge about a path, and about its controls.',
  rank: 'asks for the best two of several correct paths. The blocks are as many as the paths.',
  refine: 'asks for a path to be mended.',
  consistency: 'asks whether a mended path contradicts itself.',
  regenerate:
    'asks for a path to a difficult question. From the second try on a sentence on earlier tries follows the task, and what is to be made of the key, the remarks or an earlier path where they are shown.',
  summarize: 'asks for the response that stands beside a path.',
  score: 'asks for the scores of a path. No part of an edition.',
  scoreItem: 'asks for the scores of an item of a dataset from elsewhere. No part of an edition.',
}

function section(name: PromptName): string {
  const { promptVersion, hash, titles, wording, form } = OUR_PROMPTS[name]
  const { system, task } = wording
  return [
    `### \`${name}\``,
    `\`${promptVersion}\`, hash \`${hash}\`: ${ABOUT[name]} Shown: ${titles.join(', ')}.`,
    ...quoted('System message', system),
    ...quoted('Task', task),
    ...(form === '' ? ['The form is free.'] : quoted('Form', form)),
  ].join('\n\n')
}

function quoted(title: string, words: string): string[] {
  return [`${title}:`, `\`\`\`text\n${words}\n\`\`\``]
}

const wanted = `${HEAD}\n${PROMPT_NAMES.map(section).join('\n\n')}\n`
if (process.argv.includes('--check')) {
  if (readFileSync(TARGET, 'utf8') !== wanted) {
    console.error('docs/prompts.md is stale: run `npm run docs`')
    process.exit(1)
  }
} else {
  writeFileSync(TARGET, wanted)
}
