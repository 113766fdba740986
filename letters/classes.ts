/** The classes of dead letters: what each means, and what to do about it. docs/dead-letters.md lists them. */

/** What a class means. */
export interface LetterClass {
  readonly meaning: string
  readonly remedy: string
}

/** Every class our own steps use; processors of one's own may use others. */
export const LETTER_CLASSES = {
  undecodable: {
    meaning: 'the record cannot be read: no Avro, an unknown schema, another type than the topic’s',
    remedy:
      'Find out who writes it, and have it written again as it should be; dismiss the letter, since bytes do not mend themselves. Redrive it where only the registry had lost the schema.',
  },
  'bad-input': {
    meaning: 'the record can be read, and what it says contradicts itself or what is known',
    remedy: 'Load the question again with what the message names put right; then dismiss the letter.',
  },
  conflict: {
    meaning: 'the question’s id is known with other content',
    remedy:
      'Load it with --revise if it is a correction, or under an id of its own; then dismiss the letter.',
  },
  'malformed-answer': {
    meaning: 'a model gave no answer of the form that was asked for, also when told what was wrong',
    remedy:
      'Redrive it: the model is asked anew. Where many fail, give the role more maxTokens or another model.',
  },
  'content-filter': {
    meaning: 'the endpoint’s filter refused the question or cut off the answer',
    remedy: 'Give the step another model or endpoint and redrive; or dismiss it.',
  },
  'context-length': {
    meaning: 'the question with all that belongs to it does not fit into the model’s context',
    remedy: 'Give the step a model with a longer context and redrive; or dismiss it.',
  },
  refused: {
    meaning: 'the endpoint will never serve this request, for a reason the message tells',
    remedy: 'Mend what the message names (often a parameter under `params`), then redrive.',
  },
  'no-answer': {
    meaning: 'the request failed again and again (time-outs, 5xx) while others were answered',
    remedy: 'Redrive it once the endpoint is well; a longer timeoutSeconds may help.',
  },
  'too-large': {
    meaning: 'what the step made of the record is larger than a broker takes',
    remedy: 'Lower maxTokens of the step and redrive; or dismiss it.',
  },
  internal: {
    meaning: 'a fault of the program, or of a processor of your own; the message says where',
    remedy: 'Report or mend it, then redrive.',
  },
} as const satisfies Readonly<Record<string, LetterClass>>

/** What is known of a class; of a foreign one that it is one. */
export function classOf(name: string): LetterClass {
  const known: Readonly<Record<string, LetterClass>> = LETTER_CLASSES
  return (
    known[name] ?? {
      meaning: 'a class of a processor of your own',
      remedy: 'Mend what the message names, then redrive.',
    }
  )
}
