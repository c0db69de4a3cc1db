/** Configuration of `npm run test:webgpu`: its files bear a name that the ordinary suite does not look for. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    include: ['test/webgpu/*.webgpu.ts'],
    // Shaders are compiled and run in software.
    testTimeout: 300_000,
  },
});
