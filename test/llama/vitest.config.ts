/** Configuration of `npm run test:llama`: its files bear a name that the ordinary suite does not look for. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/llama/*.llama.ts'],
    // The first run fetches some twelve megabytes.
    hookTimeout: 300_000,
    testTimeout: 60_000,
  },
});
