/**
 * Text of strangers, through every way out: the chat's page, a hover, an extract, a notification, the clipboard, a
 * terminal, a prompt. The corpus is data (test/fixtures/safety/payloads.json): what was smuggled through other chats, and
 * what could be.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { copiedAnswer } from '../../client/src/chat/copied.js';
import { colourCode } from '../../client/src/chat/page/colours.js';
import { renderAnswer } from '../../client/src/chat/page/render.js';
import { snippetHtml } from '../../client/src/chat/page/snippet.js';
import { escapeAttribute, plainText } from '../../client/src/chat/page/visible.js';
import { type HoverCard, hoverMarkdown } from '../../server/src/base/hoverCard.js';
import { noticeText } from '../../server/src/base/markdown.js';
import { answerText, hitsText, reportText } from '../../server/src/cliText.js';
import { tokensOf } from '../../server/src/index/tokens.js';
import { changesMarkdown } from '../../server/src/rag/changesText.js';
import { extract } from '../../server/src/rag/extract.js';
import { buildPrompt } from '../../server/src/rag/prompt.js';
import { sourceOf } from '../rag/passages.js';
import { engineOn } from '../support/engine.js';
import { HIDDEN, htmlFindings, markdownFindings, NOTICE_LINK, TERMINAL_CONTROL } from '../support/rendered.js';

interface Payload {
  kind: string;
  text: string;
}

const PAYLOADS: Payload[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/safety/payloads.json'), 'utf8'),
);
const texts = PAYLOADS.map(({ text }) => text);
const options = { sourceLabel: (n: number) => (n === 1 ? 'Source 1: a.ts line 1' : undefined) };
const WEIGHTS = new Map([['known', 1]]);
const OURS = /^file:\/\/\/shop\/[^\s()<>]*#L\d+$/;

/** Payloads in which `findings` finds something. */
function violations(findings: (text: string) => string[]): string[] {
  return texts.flatMap((text) => {
    const found = findings(text);
    return found.length > 0 ? [`${JSON.stringify(text)}: ${found.join(', ')}`] : [];
  });
}

const inMarkdown = (markdown: string) => markdownFindings(markdown, (address) => OURS.test(address));
const hidden = (text: string) => (HIDDEN.test(text) ? ['hidden character'] : []);
const citation = (path: string) => ({ n: 1, path, startLine: 1, endLine: 2, quote: '', verified: true });
/** Folders may be called anything but `/` and NUL; a slash in the payload makes folders of it. */
const asPath = (text: string) =>
  text
    .replaceAll('\0', '')
    .split('/')
    .filter((name) => name !== '' && name !== '.' && name !== '..')
    .join('/') || 'x';

function cardOf(text: string): HoverCard {
  const definition = {
    kind: text,
    qualified: text,
    signatures: [text, text],
    language: text,
    documentation: text,
    n: 1,
  };
  return {
    name: text,
    definitions: [definition, { ...definition, n: 2 }],
    candidates: 3,
    others: [{ n: 2 }],
    defines: [{ signature: text, n: 1 }],
    definesMore: 1,
    uses: [
      { path: asPath(text), line: 1, text, within: '', n: 1 },
      { path: asPath(text), line: 2, text, within: text, n: 2 },
    ],
    usage: { calls: 2, files: 1, more: true },
    explanations: [{ sentence: text, n: 1 }],
    example: { text, n: 2 },
    lastChange: { of: 'lines', hash: '0123456789', subject: text, at: 0, uncommitted: false },
    citations: [citation(asPath(text)), { ...citation(asPath(text)), n: 2 }],
  };
}

test('S5 the corpus is large, of every kind, and dangerous where nobody looks', () => {
  const count = (kind: string) => PAYLOADS.filter((payload) => payload.kind === kind).length;
  const kinds = [...new Set(PAYLOADS.map(({ kind }) => kind))];
  expect(texts.length).toBeGreaterThanOrEqual(150);
  expect(new Set(texts).size).toBe(texts.length);
  expect(kinds).toEqual(
    expect.arrayContaining(['image', 'link', 'command', 'autolink', 'html', 'svg', 'entity', 'fence', 'hidden']),
  );
  for (const kind of kinds) expect(count(kind), kind).toBeGreaterThanOrEqual(7);
  const live = texts.filter((text) => markdownFindings(text, () => false).length > 0 || NOTICE_LINK.test(text));
  expect(live.length).toBeGreaterThan(150);
});

describe('S5 nothing loads, runs or leads elsewhere', () => {
  test('S5 in an answer on the chat’s page', () => {
    expect(violations((text) => htmlFindings(renderAnswer(text, options)))).toEqual([]);
    expect(violations((text) => htmlFindings(renderAnswer(`Before\n\n> - ${text}\n\n[1]`, options)))).toEqual([]);
  });

  test('S5 in a card’s snippet, in each colouring, and in labels', () => {
    for (const language of ['', 'typescript', 'python', 'rust', 'shell'])
      expect(violations((text) => htmlFindings(snippetHtml({ text, startLine: 1, language }, 8)))).toEqual([]);
    expect(violations((text) => htmlFindings(colourCode(text, text)))).toEqual([]);
    expect(violations((text) => htmlFindings(`<span title="${escapeAttribute(text)}"></span>`))).toEqual([]);
    expect(violations((text) => hidden(plainText(text)))).toEqual([]);
  });

  test('S5 in a hover, wherever it stands in the card, with links and without', () => {
    const linkTo = ({ path }: { path: string }) => `${pathToFileURL(`/shop/${path}`).href}#L1`;
    // One screen does not hold all of it: what is left out of one card is in the next.
    const cards = (text: string): HoverCard[] => [
      cardOf(text),
      { ...cardOf(text), defines: [], explanations: [], example: null, lastChange: null },
    ];
    // Backticks of prose read as code: of a pair around it, of one before, of one within.
    const shapes = [(text: string) => text, (text: string) => `\`${text}\``, (text: string) => `a \` b ${text} \`c`];
    for (const to of [linkTo, undefined])
      for (const shape of shapes)
        expect(violations((text) => cards(shape(text)).flatMap((card) => inMarkdown(hoverMarkdown(card, to))))).toEqual(
          [],
        );
    // Its own links are there all the same: three for definitions, two for uses.
    const links = hoverMarkdown(cards('a)![x](b')[1]!, linkTo).match(/\]\(file:/g);
    expect(links).toHaveLength(5);
  });

  test('S5 in an extract and in a history of commits', () => {
    const shown = (markdown: string) => [...inMarkdown(markdown), ...htmlFindings(renderAnswer(markdown, options))];
    for (const language of ['typescript', 'markdown', 'python'])
      expect(
        violations((text) => {
          const more = {
            symbol: text,
            kind: language === 'markdown' ? 'section' : 'function',
            signature: text,
            language,
          };
          return shown(extract([sourceOf(1, asPath(text), `// known ${text}\nknown(${text})`, more)], WEIGHTS));
        }),
      ).toEqual([]);
    const changes = { startLine: 1, endLine: 2, uncommitted: 1, unknown: 1 };
    expect(
      violations((text) => {
        const commits = [{ hash: 'abc', at: 0, author: text, subject: text, lines: 1 }];
        return shown(changesMarkdown({ ...changes, commits }, text, '[1]'));
      }),
    ).toEqual([]);
  });

  test('S5 in a notification no command', () => {
    expect(texts.filter((text) => NOTICE_LINK.test(text)).length).toBeGreaterThan(10);
    expect(violations((text) => (NOTICE_LINK.test(noticeText(text)) ? ['link'] : hidden(noticeText(text))))).toEqual(
      [],
    );
  });

  test('S5 in what is copied no image and no tag that loads', () => {
    const loads = (markdown: string) =>
      markdownFindings(markdown, () => true).filter((finding) =>
        /^image|^html <(img|image|svg|picture|source|video|audio|iframe|object|embed|link|style|input)/i.test(finding),
      );
    const turn = { id: 1, question: '', state: 'done' as const, note: '', refused: false, reason: '', error: '' };
    const more = { sources: [], trace: null, scope: [], colours: {}, codeColours: [], restarted: false };
    expect(
      violations((text) =>
        loads(copiedAnswer({ ...turn, ...more, answer: text, citations: [citation(asPath(text))] })),
      ),
    ).toEqual([]);
  });

  test('S5 in a terminal no control character, whoever wrote it', () => {
    const trace = { steps: [], terms: [], searchModels: [], dropped: [], answerability: 1 };
    expect(
      violations((text) => {
        const hit = sourceOf(1, asPath(text), text, { symbol: text });
        const more = { refused: false, reason: text, citations: [citation(asPath(text))], sources: [hit] };
        const answer = { answer: `${text}\n\`\`\`\n${text}`, ...more, trace: { ...trace, model: {}, sent: [] } };
        const report = {
          failed: [{ path: asPath(text), reason: text }],
          degraded: [text],
          lines: { total: 1, covered: 1 },
        };
        const said = [
          answerText(answer as never, { explain: true, colour: false }),
          hitsText([hit], true),
          reportText({ ...report, files: 1, chunks: 1, bytes: 1, seconds: { total: 1 } } as never),
        ].join('\n');
        return [...(TERMINAL_CONTROL.test(said) ? ['control'] : []), ...hidden(said)];
      }),
    ).toEqual([]);
  });
});

test('S12 what hides in a file is spelled out in a prompt, and closes no fence', () => {
  expect(
    violations((text) => {
      const [system, user] = buildPrompt('Why?', [sourceOf(1, asPath(text), text, { symbol: text })], []);
      const tag = /<(source-[0-9a-f]+)>/.exec(system!.content)![1]!;
      const { content } = user!;
      const isWhole = content.split(`<${tag} `).length === 2 && content.split(`</${tag}>`).length === 2;
      return [...(isWhole ? [] : ['fence']), ...hidden(content)];
    }),
  ).toEqual([]);
});

test('S5 S12 hovers of a real index over the corpus, as comments and names of files', async () => {
  const oneLine = (text: string) => text.replace(/[\r\n\0\u2028\u2029]+/g, ' ').replaceAll('*/', '* /');
  const files = Object.fromEntries(
    texts.map((text, i) => [
      `src/${i} ${asPath(oneLine(text)).slice(0, 60).replaceAll('/', '_')}.ts`,
      `/** Known as ${oneLine(text)} */\nexport function known${i}() {}\n`,
    ]),
  );
  const engine = await engineOn(files);
  await using snapshot = await engine.snapshot();
  const found: string[] = [];
  let cards = 0;
  for (const path of Object.keys(files)) {
    const card = await snapshot.hover({ path, line: 2, column: 18 });
    if (!card) continue;
    cards++;
    const markdown = hoverMarkdown(card, (cited) => `${pathToFileURL(`/shop/${cited.path}`).href}#L${cited.startLine}`);
    found.push(...inMarkdown(markdown).map((finding) => `${path}: ${finding}`));
  }
  expect(found).toEqual([]);
  expect(cards).toBeGreaterThan(200);
}, 60_000);

test('S5 notifications are made in one place, which breaks the links in them', () => {
  const project = join(import.meta.dirname, '../..');
  const calls = /\bwindow\s*\.\s*show(Information|Warning|Error)Message\b/;
  const client = readdirSync(join(project, 'client/src'), { recursive: true, encoding: 'utf8' });
  const callers = client.filter(
    (path) => path.endsWith('.ts') && calls.test(readFileSync(join(project, 'client/src', path), 'utf8')),
  );
  expect(callers).toEqual(['notices.ts']);
  // The server's go through the client as they are.
  for (const path of ['server.ts', 'roots.ts'])
    for (const [call] of readFileSync(join(project, 'server/src/lsp', path), 'utf8').matchAll(
      /connection\.window\s*\.show\w+Message\(\s*[^)]{0,40}/g,
    ))
      expect(call).toMatch(/\((noticeText\(|missing$|\s*noticeText\()/);
});

test('S12 what hides is no part of a term of the index', () => {
  for (const text of texts)
    expect(tokensOf(`ad${text}min`).filter((token) => /[\p{Cf}\p{Cc}]/u.test(token))).toEqual([]);
  expect(tokensOf('pass\u200bword')).toEqual(tokensOf('pass word'));
});
