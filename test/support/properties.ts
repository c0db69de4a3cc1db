/**
 * Property tests try the same cases in every run, so that a change is judged by what it changes. `npm run test:properties`
 * draws new ones, twenty times as many; what it finds is mended and kept as an example.
 */
import fc from 'fast-check';

fc.configureGlobal(process.env['PROPERTIES'] === 'new' ? { numRuns: 2000 } : { seed: 20261121 });
