/**
 * What the kill test takes away to prove that its judge would see the damage. A harness that cannot fail
 * proves nothing, so each safeguard can be switched off by name in NINEFOLD_NEGATIVE_CONTROL; a worker that
 * runs without one says so at start. Never for real data.
 */
const CONTROLS = [
  'unmended-read-committed',
  'no-completion-metadata',
  'no-journal',
  'no-group-fencing',
] as const

/** A safeguard that can be switched off. */
export type NegativeControl = (typeof CONTROLS)[number]

/** The safeguards switched off in this process. @throws for an unknown name. */
export function negativeControls(): readonly NegativeControl[] {
  const names = (process.env.NINEFOLD_NEGATIVE_CONTROL ?? '').split(',').filter((name) => name !== '')
  return names.map((name) => {
    const control = CONTROLS.find((known) => known === name)
    if (control === undefined)
      throw new Error(`NINEFOLD_NEGATIVE_CONTROL knows ${CONTROLS.join(', ')}, not ${name}`)
    return control
  })
}

/** Whether this safeguard is switched off. */
export function negativeControl(name: NegativeControl): boolean {
  return negativeControls().includes(name)
}
