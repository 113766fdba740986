/** Whether somebody is there to answer a question. */
export function isAttended(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true
}
