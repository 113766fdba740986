import { defineConfig } from 'vitest/config'

const MINUTE = 60_000
/** Test files with services of their own, or a pipeline of their own on shared ones, at once: they wait more than they work. */
const AT_ONCE = 2
/** They count what endpoints were asked: no more of them at once than there are endpoints, where these are given. */
const COUNTING_AT_ONCE = Math.min(AT_ONCE, process.env.TEST_ENDPOINT?.split(',').length ?? AT_ONCE)

export default defineConfig({
  // As plugged-in processors write it.
  resolve: {
    alias: [
      { find: /^ninefold$/, replacement: `${import.meta.dirname}/index.ts` },
      { find: /^ninefold\/testing$/, replacement: `${import.meta.dirname}/testing.ts` },
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        // Fast, without services.
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: MINUTE / 2 },
      },
      {
        extends: true,
        // Against a real broker and a real registry.
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/e2e-stack.ts'],
          testTimeout: 2 * MINUTE,
          hookTimeout: 3 * MINUTE,
          maxWorkers: AT_ONCE,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // The command line, as child processes.
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/e2e-stack.ts'],
          testTimeout: 4 * MINUTE,
          hookTimeout: 4 * MINUTE,
          maxWorkers: COUNTING_AT_ONCE,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // A short form of `npm run chaos`: faults of every kind, judged by a client that is not ours.
        test: {
          name: 'chaos',
          include: ['test/chaos/**/*.test.ts'],
          testTimeout: 5 * MINUTE,
          hookTimeout: 5 * MINUTE,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
