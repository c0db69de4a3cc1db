import { defineConfig } from 'vitest/config';

// Every test file but the editor's (its own project: slower, needs Chromium) and commands of their own (*.llama.ts).
export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    // A second, as is usual, is not enough on a machine that does other work.
    expect: { poll: { timeout: 15_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/vscode/**'],
          setupFiles: ['test/support/properties.ts'],
          // New cases are many more of them.
          testTimeout: process.env['PROPERTIES'] === 'new' ? 600_000 : 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'vscode',
          include: ['test/vscode/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
