/**
 * Opens the packaged extension in a real VS Code: its server, and its workbench in a headless Chromium.
 * A test gets the workbench's page and a few gestures that people make; what it asserts is what they would see.
 * Everything waits on the page, nothing sleeps, and a gesture that fails says what the browser and the server printed.
 * Each editor has its own profile, home and copy of the folder, so tests cannot touch the machine or each other.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import playwright, { type Frame, type Locator, type Page } from 'playwright-core';
import { launchChromium } from '../../scripts/chromium.mjs';
import { installCodeServer, installVsix, startCodeServer, writeSettings } from '../../scripts/codeServer.mjs';

export interface EditorOptions {
  /** The workspace to open; a copy of it is. */
  folder: string;
  /** What the copy is called, which the window shows; `workspace` when absent. */
  name?: string;
  /** The packaged extension. */
  vsix: string;
  /** Another extension, packaged too. */
  beside?: string;
  /** The id of a colour theme: "Dark 2026" (the default), "Light 2026", "Default High Contrast", … */
  theme?: string;
  /** Added to the quiet settings. */
  settings?: Record<string, unknown>;
  /** Added to the environment of the editor and its extensions. */
  env?: Record<string, string>;
  viewport?: { width: number; height: number };
  /** Added to the browser's environment, such as where it finds fonts. */
  browserEnv?: Record<string, string>;
  /** The editor's display language, for its extensions: no language pack is installed, so it speaks English itself. */
  language?: string;
  /** `on` opens the folder in Restricted Mode until it is trusted; `off`, the default, trusts every folder. */
  trust?: 'off' | 'on';
}

export interface Editor {
  page: Page;
  /** The copy of the folder that is open. */
  folder: string;
  /** Saves the window as test-results/screenshots/NAME.png and returns that path. */
  screenshot(name: string): Promise<string>;
  /** Runs a command by the label that the command palette shows. */
  runCommand(label: string): Promise<void>;
  /** Opens a file of the folder by its relative path. */
  openFile(path: string): Promise<void>;
  /**
   * Rests the pointer on the first place where the open file shows this text, which must be of one colour.
   * The hover that appears is filled by each provider in its own time: wait for what you expect in it.
   */
  hover(text: string): Promise<Locator>;
  /** Loads the window again, as after an update; its extensions start anew. */
  reload(): Promise<void>;
  /** Drags the border of the side bar until it is this wide. */
  resizeSideBar(width: number): Promise<void>;
  /** Ends the extension's server as a crash would. */
  killServer(): void;
  /** The frame of the webview that holds an element, once it does. */
  chatFrame(selector: string): Promise<Frame>;
  /** What the browser's console (which repeats the extensions' output) and the server printed last. */
  logTail(): string;
  close(): Promise<void>;
}

const gestureTimeoutMs = 20_000;
const hoverTimeoutMs = 3_000;
const startTimeoutMs = 60_000;
const consoleLines = 200;
const screenshotFolder = resolve(import.meta.dirname, '../../test-results/screenshots');

/** Opens a folder in a fresh editor with the extension installed. */
export async function openEditor(options: EditorOptions): Promise<Editor> {
  await using undo = new AsyncDisposableStack();
  const { entry, node } = await installCodeServer({ log: console.log });

  // Not the system's own choice of temporary folder: the editor's sockets go here, whose paths may not be long.
  const home = await realpath(await mkdtemp('/tmp/scholia-editor-'));
  undo.defer(() => rm(home, { recursive: true, force: true, maxRetries: 3 }));
  const folder = join(home, options.name ?? 'workspace');
  const profile = { userDataDir: join(home, 'user'), extensionsDir: join(home, 'extensions') };
  await cp(options.folder, folder, { recursive: true });
  const theme = options.theme ?? 'Dark 2026';
  await writeSettings(profile.userDataDir, { 'workbench.colorTheme': theme, ...options.settings });
  for (const vsix of [options.vsix, ...(options.beside ? [options.beside] : [])])
    await installVsix({ entry, node, vsix: resolve(vsix), ...profile });

  const env = { HOME: home, TMPDIR: home, XDG_CACHE_HOME: join(home, '.cache'), XDG_RUNTIME_DIR: home, ...options.env };
  const server = await startCodeServer({ entry, node, ...profile, trust: options.trust, env });
  undo.defer(server.stop);
  const browser = await launchChromium(playwright, { env: options.browserEnv });
  undo.defer(() => browser.close());
  const page = await browser.newPage({ viewport: options.viewport ?? { width: 1280, height: 800 } });
  page.setDefaultTimeout(gestureTimeoutMs);
  // Where the workbench looks for its language, which it tells the server and every extension.
  if (options.language)
    await page.addInitScript(
      (language) => Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: language }),
      options.language,
    );

  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > consoleLines) lines.shift();
  };
  page.on('console', (message) => {
    // The workbench's own notes come in hundreds; the extensions' output and everything that went wrong stay.
    if (message.text().startsWith('%c INFO')) return;
    const about = message.text().startsWith('Failed to load') ? ` ${message.location().url}` : '';
    keep(`${message.type()}: ${message.text().replaceAll('%c', '')}${about}`);
  });
  page.on('pageerror', (error) => keep(`page error: ${error.message}`));
  const logTail = () => `--- browser console\n${lines.join('\n')}\n--- server\n${server.tail()}`;
  const explained = <A extends unknown[], R>(act: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> =>
      act(...args).catch((error: unknown) => {
        throw new Error(`${error instanceof Error ? error.message : error}\n${logTail()}`, { cause: error });
      });
  };

  await explained(async () => {
    await page.goto(server.folderUrl(folder));
    await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: startTimeoutMs });
  })();

  const started = undo.move();
  return {
    page,
    folder,
    logTail,
    screenshot: explained((name) => screenshot(page, name)),
    runCommand: explained((label) => runCommand(page, label)),
    openFile: explained((path) => openFile(page, path)),
    hover: explained((text) => hover(page, text)),
    reload: explained(async () => {
      await page.reload();
      // Only when the side bar shows its view again can be told which one that is; a window that was left within
      // moments of its last change may come back with the side bar closed.
      const title = page.locator('.part.sidebar .title-label').first();
      await title.waitFor({ timeout: gestureTimeoutMs }).catch(() => {});
    }),
    resizeSideBar: explained((width) => resizeSideBar(page, width)),
    killServer: () => killServer(profile.extensionsDir),
    chatFrame: explained((selector) => chatFrame(page, selector)),
    close: () => started.disposeAsync(),
  };
}

/**
 * For `afterEach`: when the test failed, saves a screenshot under the test's name and prints the logs.
 * The context is Vitest's; naming only what is read here keeps this module usable from a plain script.
 */
export async function reportFailure(
  editor: Editor | undefined,
  { task }: { task: { name: string; result?: { state?: string } } },
): Promise<void> {
  if (!editor || task.result?.state !== 'fail') return;
  const path = await editor.screenshot(`failed-${task.name.replace(/[^\w]+/g, '-')}`);
  console.error(`${task.name} failed: see ${path}\n${editor.logTail()}`);
}

async function resizeSideBar(page: Page, width: number): Promise<void> {
  const bar = page.locator('.part.sidebar');
  const { x, width: before } = (await bar.boundingBox())!;
  const sashes = await page.locator('.monaco-sash.vertical').all();
  const boxes = await Promise.all(sashes.map((sash) => sash.boundingBox()));
  const distance = (box: { x: number; width: number }) => Math.abs(box.x + box.width / 2 - (x + before));
  const [border] = boxes.filter((box) => box !== null && box.height > 150).sort((a, b) => distance(a!) - distance(b!));
  await page.mouse.move(border!.x + border!.width / 2, 200);
  await page.mouse.down();
  await page.mouse.move(x + width, 200, { steps: 8 });
  await page.mouse.up();
}

/** By its command line, which names the package of this editor alone. */
function killServer(extensionsDir: string): void {
  const running = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const own = running.filter((line) => line.includes(extensionsDir) && line.includes('server/main.cjs'));
  if (own.length === 0) throw new Error(`No server runs from ${extensionsDir}`);
  for (const line of own) process.kill(Number.parseInt(line, 10), 'SIGKILL');
}

async function screenshot(page: Page, name: string): Promise<string> {
  await mkdir(screenshotFolder, { recursive: true });
  const path = join(screenshotFolder, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  return path;
}

async function runCommand(page: Page, label: string): Promise<void> {
  await page.keyboard.press('F1');
  await pick(page, `>${label}`, label);
}

async function openFile(page: Page, path: string): Promise<void> {
  await page.keyboard.press('F1');
  const name = path.split('/').at(-1)!;
  await pick(page, path, name);
  await page.locator(`.editor-group-container.active .tab.active[data-resource-name="${name}"]`).waitFor();
  await page.locator('.editor-group-container.active .view-lines .view-line').first().waitFor();
}

/** Types into the open quick input and takes the row that shows this label. */
async function pick(page: Page, text: string, label: string): Promise<void> {
  const input = page.locator('.quick-input-widget input').first();
  await input.waitFor();
  await input.fill(text);
  const row = page.locator('.quick-input-widget .monaco-list-row').filter({ hasText: label }).first();
  await row.click();
  await input.waitFor({ state: 'hidden' });
}

async function hover(page: Page, text: string): Promise<Locator> {
  const literal = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const span = page
    .locator('.editor-group-container.active .view-line > span > span')
    .filter({ hasText: literal })
    .first();
  const widget = page.locator('.monaco-resizable-hover .monaco-hover:not(.hidden)').first();
  const giveUp = Date.now() + gestureTimeoutMs;
  for (;;) {
    // Read in one step: colouring the text replaces its elements at any time.
    const { shown, box } = await span.evaluate((element) => ({
      shown: (element.textContent ?? '').replaceAll('\u00a0', ' '),
      box: element.getBoundingClientRect().toJSON(),
    }));
    // A comment is one element, whose middle may be another word; letters are equally wide.
    const x = box.x + (box.width * (shown.indexOf(text) + text.length / 2)) / shown.length;
    const y = box.y + box.height / 2;
    // The editor takes notice of a pointer that moves, not of one that was there already.
    await page.mouse.move(x + 1, y);
    await page.mouse.move(x, y);
    try {
      await widget.waitFor({ timeout: hoverTimeoutMs });
      return widget;
    } catch (error) {
      // A bar that appears above the text, as the breadcrumbs do, moves the text away from under the pointer.
      if (Date.now() > giveUp) throw error;
    }
  }
}

/**
 * Waits in every frame at once, also in those that appear meanwhile: a webview's content sits in a frame within a
 * frame, at a depth and address that differ between versions.
 */
function chatFrame(page: Page, selector: string): Promise<Frame> {
  return new Promise((found, fail) => {
    const waiting = new Set<Frame>();
    const end = () => {
      clearTimeout(timer);
      page.off('frameattached', watch);
      page.off('framenavigated', watch);
    };
    const watch = (frame: Frame) => {
      if (frame === page.mainFrame() || waiting.has(frame)) return;
      waiting.add(frame);
      frame.waitForSelector(selector, { timeout: gestureTimeoutMs }).then(
        () => {
          end();
          found(frame);
        },
        // The frame went away or was loaded anew.
        () => waiting.delete(frame),
      );
    };
    const timer = setTimeout(() => {
      end();
      fail(new Error(`No webview shows ${selector}; frames: ${page.frames().map((frame) => frame.url())}`));
    }, gestureTimeoutMs);
    page.on('frameattached', watch);
    page.on('framenavigated', watch);
    page.frames().forEach(watch);
  });
}
