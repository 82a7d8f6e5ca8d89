import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: './test/support/shared-samples.ts',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', './test/support/closing-lines.ts'],
    maxWorkers: '100%', // many suites wait for disks and other programs
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
