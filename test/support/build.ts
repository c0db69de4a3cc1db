/** Builds dist/ once before the tests, so that they run the threads and programs that users run. */
import { ensureBuilt } from '../../scripts/setup.mjs';

export default function setup(): void {
  ensureBuilt();
}
