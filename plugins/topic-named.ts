/** A topic by the short name somebody gives. */

import { nearest } from '../config/nearest.ts'
import type { Config } from '../config/types.ts'
import { NinefoldError } from '../errors.ts'
import type { TopicName } from '../schemas/topics.ts'
import { topicsOf } from './topics.ts'

/** @throws NF_TOPIC_UNKNOWN, with the name that was probably meant */
export function topicNamed(config: Pick<Config, 'plugins'>, name: string): TopicName {
  const topics = topicsOf(config)
  const topic = topics.find((candidate) => candidate === name)
  if (topic !== undefined) return topic
  const meant = nearest(name, topics)
  throw new NinefoldError(
    'NF_TOPIC_UNKNOWN',
    `there is no topic ${JSON.stringify(name)}${meant === null ? '' : `; did you mean ${meant}?`}`,
    `Topics are ${topics.join(', ')}.`,
  )
}
