/** Configuration of `npm run test:neovim`: its files bear a name that the ordinary suite does not look for. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    include: ['test/neovim/*.neovim.ts'],
    testTimeout: 120_000,
  },
});
