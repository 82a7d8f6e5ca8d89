import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: './test/support/shared-samples.ts',
    setupFiles: ['./test/support/fixed-seeds.ts'],
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', './test/support/closing-lines.ts'],
    maxWorkers: '100%', // many suites wait for disks and other programs
    testTimeout: 180_000, // against hangs alone: a slow machine is no failure
    hookTimeout: 180_000,
  },
})
