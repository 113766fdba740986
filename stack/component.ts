/** What the stack knows of each of its parts: how to start it, and how to ask whether it is ready. */
import type { StackPorts } from './ports.ts'
import type { DetachedCommand } from './process.ts'

/** The names of the stack's parts, as in `stack.json`, in the log files' names and in `ninefold status`. */
export type ComponentName = 'kafka' | 'registry' | 'clickhouse'

/** Where a part lives and what it may use. */
export interface ComponentSettings {
  /** The stack's data folder, absolute. */
  dataDir: string
  ports: StackPorts
  /** Java heap, MiB; of parts that are Java. */
  heapMb: number
}

/** The programs a part is started with. */
export interface Programs {
  /** The `java` command. */
  java: string
  /** Folder of the part's jars. */
  jars: string
}

/** Finds Java and the part's jars, and downloads what is missing; only who needs them asks. */
export type FindPrograms = () => Promise<Programs>

/** One part of the stack, bound to a data folder and its ports. */
export interface Component {
  name: ComponentName
  /** As clients are given it: `host:port` or a URL. */
  address: string
  /** Where its data lies. */
  dataFolder: string
  logFile: string
  /** What stands in its log once it listens. */
  listens: string
  /** Writes its configuration and does what must be done before `command` can run. */
  prepare(programs: FindPrograms): Promise<void>
  command(programs: FindPrograms): Promise<DetachedCommand>
  /** One attempt at a real round trip; never throws. */
  isReady(): Promise<boolean>
}
