/** `npm run scholia -- ARGS` and `npm run ask -- QUESTION`: installs and builds what is missing, then runs the command line. */
import { ensureBuilt, ensureInstalled, nodeProgram, projectFolder, runTool } from './setup.mjs';

try {
  ensureInstalled();
  ensureBuilt();
  process.exitCode = runTool(nodeProgram, [`${projectFolder}dist/server/cli.cjs`, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
} catch (error) {
  console.error(`scholia: ${error.message}`);
  process.exitCode = 1;
}
