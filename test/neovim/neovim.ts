/** Neovim from Debian's packages, run by the packages' own loader, since their C library is newer than most machines'. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { unpackedPackages } from '../support/debianPackages.js';

const LIBRARIES = 'usr/lib/x86_64-linux-gnu';

export interface Neovim {
  /** Runs a Lua file after `init` and resolves with what was printed, when Neovim has ended. */
  run(init: string, script: string, options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<string>;
}

/** Fetches and unpacks on the first call. */
export async function neovim(): Promise<Neovim | { reason: string }> {
  const unpacked = await unpackedPackages({
    name: 'neovim',
    suites: ['sid'],
    packages: [
      ...['libc6', 'libgcc-s1', 'libluajit-5.1-2', 'libtree-sitter0.26', 'libunibilium4', 'libutf8proc3', 'libuv1t64'],
      ...['lua-lpeg', 'lua-luv', 'neovim', 'neovim-runtime'],
    ],
    brings: 'usr/bin/nvim',
  });
  if ('reason' in unpacked) return unpacked;
  const { root } = unpacked;
  const libraries = join(root, LIBRARIES);
  const loader = [join(libraries, 'ld-linux-x86-64.so.2'), '--library-path', libraries, join(root, 'usr/bin/nvim')];
  return {
    run: (init, script, { cwd, env }) =>
      new Promise((resolve, reject) => {
        const [program, ...first] = [...loader, '--headless', '--clean', '-u', init, '-c', `luafile ${script}`];
        const VIMRUNTIME = join(root, 'usr/share/nvim/runtime');
        const editor = spawn(program!, first, { cwd, env: { ...env, VIMRUNTIME }, stdio: ['ignore', 'pipe', 'pipe'] });
        let printed = '';
        for (const stream of [editor.stdout, editor.stderr])
          stream.on('data', (piece) => {
            printed += piece;
          });
        editor.once('error', reject);
        editor.once('close', () => resolve(printed));
      }),
  };
}
