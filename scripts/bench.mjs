/** `npm run bench -- NAME ARGS`: runs bench/NAME.mjs on a fresh build; without a name, lists what there is. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, nodeProgram, projectFolder, runTool } from './setup.mjs';

const [name, ...args] = process.argv.slice(2);
const program = join(projectFolder, 'bench', `${name}.mjs`);
if (!name || !existsSync(program)) {
  const names = readdirSync(join(projectFolder, 'bench'))
    .filter((file) => file.endsWith('.mjs') && file !== 'lspClient.mjs')
    .map((file) => file.replace('.mjs', ''));
  console.error(`npm run bench -- NAME, where NAME is one of: ${names.join(', ')}`);
  process.exitCode = 2;
} else {
  ensureInstalled();
  ensureBuilt();
  process.exitCode = runTool(nodeProgram, [program, ...args], {
    stdio: 'inherit',
    cwd: process.env.INIT_CWD ?? projectFolder,
  });
}
