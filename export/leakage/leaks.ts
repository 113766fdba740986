/** Questions that were kept out of an export because a protected one is like them, listed with the match. */
import { join } from 'node:path'
import type { Dossier } from '../dossier.ts'
import { createJsonl } from '../files/jsonl.ts'
import type { RowFile } from '../files/row-file.ts'
import type { ProtectedQuestions } from './protected-questions.ts'

/** The list's name beside the exported files. */
export const LEAKS_FILE = 'leaked.jsonl'

/** Keeps questions out, and the list of them. Without protected questions it keeps none. */
export class Leaks {
  /** Records that were kept out. */
  records = 0
  readonly #protected: ProtectedQuestions
  readonly #file: RowFile

  private constructor(protectedQuestions: ProtectedQuestions, file: RowFile) {
    this.#protected = protectedQuestions
    this.#file = file
  }

  /** @param folder where the list is written */
  static async open(protectedQuestions: ProtectedQuestions, folder: string): Promise<Leaks> {
    return new Leaks(protectedQuestions, await createJsonl(join(folder, LEAKS_FILE)))
  }

  /** Whether a question is kept out; the list tells why, and not in the words of the protected one. */
  async keepsOut({ question, records }: Dossier): Promise<boolean> {
    const match = this.#protected.match(question)
    if (match === null) return false
    this.records += records.length
    await this.#file.write({
      question_id: question.questionId,
      revision: question.revision,
      source: question.source,
      records: records.length,
      match: match.kind,
      similarity: match.similarity,
      protected_file: match.file,
      protected_line: match.line,
    })
    return true
  }

  async finish(): Promise<void> {
    await this.#file.finish()
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}
