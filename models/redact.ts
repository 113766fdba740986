/** More of a server's text is not looked at: searching it takes time that grows with its square. */
const LONGEST_INPUT = 2000
/** The longest server message that is passed on, in characters. */
const LONGEST_MESSAGE = 500

/**
 * Takes secrets out of a text that came from a server: they themselves, and words that show parts of a key
 * around asterisks, as some servers do when they refuse one. Keeps the first 2000 characters.
 */
export function redact(text: string, secrets: readonly string[]): string {
  return withoutSecrets(text, secrets)
    .slice(0, LONGEST_INPUT)
    .replace(/[^\s"',;:]*\*{3,}[^\s"',;]*/g, '***')
}

/** A text of any length with three asterisks in place of each secret. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, '***'), text)
}

/** A server's message made fit for records and logs: without secrets, in one line, at most 500 characters. */
export function serverMessage(text: string, secrets: readonly string[]): string {
  const line = redact(text, secrets).replace(/\s+/g, ' ').trim()
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE - 1)}…` : line
}
