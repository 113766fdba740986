import { expect, it, vi } from 'vitest'
import { DiskFault } from '../../../stack/disk-fault.ts'
import { Room } from '../../../stack/room.ts'

const full = new DiskFault('NF_DISK_FULL', 'the disk is full: /data', 'Make room.', { cause: null })
const never = new AbortController().signal

/** A disk that is full for so many writes. */
function fullFor(count: number) {
  let left = count
  return vi.fn(() => {
    if (left-- > 0) throw full
    return 'written'
  })
}

it('is nothing to wait for while there is any', async () => {
  const room = new Room()
  expect(await room.write(fullFor(0))).toBe('written')
  expect(room.free(never)).toBeNull()
})

it('is waited for by what is to be written, and by whoever would add to it, and told once', async () => {
  const told: (DiskFault | null)[] = []
  const room = new Room((fault) => told.push(fault))
  const [first, second] = [fullFor(1), fullFor(2)]
  const written = Promise.all([room.write(first), room.write(second)])
  await Promise.resolve()
  expect(room.fault).toBe(full)
  let isFree = false
  const free = room.free(never)!.then(() => {
    isFree = second.mock.results.at(-1)?.type === 'return'
  })
  expect(await written).toEqual(['written', 'written'])
  await free
  expect([isFree, room.fault, room.free(never)]).toEqual([true, null, null])
  expect(told).toEqual([full, null])
})

it('keeps nothing waiting that fails for another reason', async () => {
  const room = new Room()
  const broken = new DiskFault('NF_DISK_BROKEN', 'broken', 'Look.', { cause: null })
  await expect(room.write(() => Promise.reject(broken))).rejects.toBe(broken)
  expect(room.fault).toBeNull()
})

it('is waited for no longer once it is closed, and the fault stays for whoever asks', async () => {
  const room = new Room()
  const write = room.write(fullFor(1_000))
  await Promise.resolve()
  room.close()
  await expect(write).rejects.toBe(full)
  await expect(room.write(fullFor(1))).rejects.toBe(full)
  expect(room.fault).toBe(full)
})

it('is waited for by nobody whose signal is aborted', async () => {
  const room = new Room()
  const controller = new AbortController()
  const reason = new Error('enough')
  const write = room.write(fullFor(1_000), controller.signal)
  await Promise.resolve()
  const free = room.free(controller.signal)
  controller.abort(reason)
  await expect(write).rejects.toBe(reason)
  await expect(free).rejects.toBe(reason)
})
