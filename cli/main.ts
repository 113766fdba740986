/** The command `ninefold`: does what its command line says, and says what went wrong in the user's words. */
import { exitFor } from './exit-codes.ts'
import { createProgram } from './program.ts'
import { tellUnforeseen } from './unforeseen.ts'

tellUnforeseen((fault) => process.exit(exitFor(fault)))
try {
  const program = await createProgram(process.argv[2])
  await program.parseAsync()
  await written(process.stdout)
  await written(process.stderr)
  process.exit()
} catch (error) {
  process.exit(exitFor(error))
}

/** Until the stream has passed on what was written: a command ends when it is done, whoever keeps a connection. */
async function written(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => stream.write('', () => resolve()))
}
