/**
 * `npm run screenshots -- --repo DIR`: takes the pictures of the READMEs anew, in a real VS Code on a clone of
 * sindresorhus/got. The extension speaks Chinese for README.zh-CN.md; the editor around it speaks English, since it has
 * no language pack. With `--out DIR` the pictures go there, to be compared.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, nodeProgram, projectFolder, runTool } from './setup.mjs';

const ENGLISH = {
  language: 'en',
  /** Of the pictures' names. */
  ending: '',
  /** What tells that the whole is indexed. */
  covered: /^The index covers/,
  question: 'How is the delay before a retry computed?',
  /** In a hover, which each provider fills in its own time. */
  hovered: 'Used by',
};
const CHINESE = {
  language: 'zh-cn',
  ending: '.zh-CN',
  covered: /^索引涵盖/,
  question: 'calculateRetryDelay 如何计算重试之前的延迟？',
  hovered: '使用者',
};

const { values } = parseArgs({ options: { repo: { type: 'string', default: '' }, out: { type: 'string' } } });
const here = process.env.INIT_CWD ?? process.cwd();
const repo = resolve(here, values.repo);
const out = values.out ? resolve(here, values.out) : join(projectFolder, 'media/screenshots');

ensureInstalled();
if (values.repo === '' || !existsSync(join(repo, 'source/core/calculate-retry-delay.ts'))) {
  console.error('Name a clone of sindresorhus/got: npm run screenshots -- --repo DIR');
  process.exitCode = 2;
} else if (Number.parseInt(process.versions.node, 10) < 24) {
  // The gestures are the tests', in TypeScript, which Node reads from 24 on.
  process.exitCode = runTool(nodeProgram, ['scripts/screenshots.mjs', '--repo', repo, '--out', out]);
} else {
  ensureBuilt();
  await takePictures();
}

async function takePictures() {
  const { openEditor } = await import('../test/vscode/harness.ts');
  const { unpackedPackages } = await import('../test/support/debianPackages.ts');
  const font = await unpackedPackages({
    name: 'chinese-font',
    suites: ['bookworm'],
    packages: ['fonts-wqy-microhei'],
    brings: 'usr/share/fonts/truetype/wqy/wqy-microhei.ttc',
  });
  if ('reason' in font) throw new Error(`There is no Chinese font: it ${font.reason}`);
  const vsix = join(projectFolder, 'test-results/scholia-in-pictures.vsix');
  if (runTool(nodeProgram, ['scripts/package.mjs', '--out', vsix])) throw new Error('There is no package; see above');
  await mkdir(out, { recursive: true });
  for (const session of [ENGLISH, CHINESE])
    for (const look of ['dark', 'light']) {
      const editor = await openEditor({
        folder: repo,
        name: 'got',
        vsix,
        theme: look === 'dark' ? 'Dark 2026' : 'Light 2026',
        language: session.language,
        viewport: { width: 1280, height: 800 },
        // Fonts of a person's own data folder are found without being installed.
        browserEnv: { XDG_DATA_HOME: join(font.root, 'usr/share') },
        settings: {
          'editor.minimap.enabled': false,
          'git.blame.statusBarItem.enabled': false,
          'editor.lightbulb.enabled': 'off',
        },
      });
      try {
        await pictures(editor, session, look);
      } finally {
        await editor.close();
      }
    }
}

/** An answer beside the lines that it cites, and a hover. */
async function pictures(editor, { ending, covered, question, hovered }, look) {
  const { ask, openChat } = await import('../test/vscode/chat.ts');
  const take = (name) =>
    editor.page.screenshot({ path: join(out, `${name}-${look}${ending}.png`), animations: 'disabled', caret: 'hide' });
  const chat = await openChat(editor);
  await chat.getByText(covered).first().waitFor();
  await editor.resizeSideBar(500);
  const { answer } = await ask(editor, question);
  const citation = answer.locator('[data-testid="citation-marker"]').first();
  await citation.click();
  await editor.page.locator('.tab.active[data-resource-name="calculate-retry-delay.ts"]').waitFor();
  await hoverAll(editor, hovered);
  await take('hover');
  await editor.page.mouse.move(640, 5);
  await editor.page.locator('.monaco-hover:not(.hidden)').first().waitFor({ state: 'hidden' });
  // Lines stay marked for a while only.
  await citation.click();
  await editor.page.locator('.view-overlays [class*="ced-"]').first().waitFor();
  await take('answer');
}

/** Until TypeScript has its part too; it takes its time to begin. */
async function hoverAll(editor, hovered) {
  for (let tries = 0; tries < 30; tries++) {
    const hover = await editor.hover('calculateRetryDelay');
    await hover.getByText(hovered).first().waitFor();
    await hover
      .getByText(/loading/i)
      .waitFor({ state: 'hidden', timeout: 3_000 })
      .catch(() => {});
    if (!/loading/i.test(await hover.innerText())) return;
    await editor.page.mouse.move(640, 5);
    await hover.waitFor({ state: 'hidden' });
  }
  throw new Error('The hover is never complete');
}
