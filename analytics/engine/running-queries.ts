/** Queries under way, by the id that who asked has given them: of an id one at a time, as in ClickHouse. */
import { EngineError } from './failures.ts'

/** What runs in an engine. */
export class RunningQueries {
  readonly #ids = new Set<string>()

  /** A query begins, and ends when it is disposed of. @throws {EngineError} 216 while another of the same id runs. */
  begin(id: string | null): Disposable {
    if (id === null) return { [Symbol.dispose]: () => {} }
    if (this.#ids.has(id)) {
      const what = `Query with id = ${id} is already running`
      throw new EngineError(216, 'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING', what)
    }
    this.#ids.add(id)
    return { [Symbol.dispose]: () => void this.#ids.delete(id) }
  }
}
