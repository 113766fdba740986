/** The variable that names the file which, for as long as it is there, lets a process find its disk full. */
export const FULL_DISK = 'NINEFOLD_TEST_FULL_DISK'

/** What `node --import` loads to have it so. */
export const FULL_DISK_PRELOAD: string = new URL('./full-disk-preload.ts', import.meta.url).href
