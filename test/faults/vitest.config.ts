/** Configuration of `npm run test:faults`: its files bear a name that the ordinary suite does not look for. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { globalSetup: ['test/support/build.ts'], include: ['test/faults/*.faults.ts'], testTimeout: 600_000 },
});
