/** The variable that names the file which holds how many milliseconds a process's date is off. */
export const CLOCK_SHIFT = 'NINEFOLD_TEST_CLOCK_SHIFT'

/** What `node --import` loads to have it so. */
export const CLOCK_SHIFT_PRELOAD: string = new URL('./clock-shift.ts', import.meta.url).href
