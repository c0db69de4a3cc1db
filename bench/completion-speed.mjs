/**
 * `npm run bench -- completion-speed --root DIR [--store DIR] [--places 300]`: how long completion takes to find its
 * context over the protocol, at places drawn from the code of a tree. At each a line is cut off where somebody would be
 * typing it, which the server has to parse first, as at every key. Processor time is that of all threads.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { codeFiles, picker, printTimes } from './support/places.mjs';
import { onServedTree } from './support/servedTree.mjs';

const PLACES_OF_FILE = 3;
const pick = picker(1);

await onServedTree('completion-speed', 'places', 300, async ({ root, count, server, report }) => {
  const places = draw(root, count);
  await measure(server, places.slice(0, 12));
  const times = await measure(server, places.slice(12));
  console.log(`${report.chunks} chunks in ${report.files} files, ${times.length} places`);
  const of = (name, some) => printTimes(name, some);
  of('request', times.map(({ ms }) => ms)); // biome-ignore format: a row each
  of(
    'first in a file',
    times.filter(({ isFirst }) => isFirst).map(({ ms }) => ms),
  );
  of(
    'context',
    times.map(({ steps }) => steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0)),
  );
  of(
    'processor time',
    times.map(({ processor }) => processor),
  );
  const cut = times.filter(({ steps }) => steps.some(({ note }) => note.includes('left out')));
  console.log(`${'cut short'.padEnd(18)} ${cut.length}`);
  const slowest = [...times].sort((a, b) => b.ms - a.ms).slice(0, 8);
  for (const { at, ms, steps } of slowest) console.log(`${ms.toFixed(0)} ms  ${at}  ${steps.map(({ note }) => note)}`);
});

/** Files at random, with lines of code at random in each, cut off behind a third of what stands there. */
function draw(root, count) {
  const files = codeFiles(root);
  const places = [];
  while (places.length < count) {
    const path = pick(files);
    const lines = readFileSync(path, 'utf8').split('\n');
    const code = [...lines.keys()].filter((i) => /^\s+\w.{8,100}$/.test(lines[i]));
    if (code.length < PLACES_OF_FILE) continue;
    for (let i = 0; i < PLACES_OF_FILE; i++) {
      const line = pick(code);
      const indent = /^\s*/.exec(lines[line])[0].length;
      const character = indent + Math.floor((lines[line].length - indent) / 3);
      const text = lines.with(line, lines[line].slice(0, character)).join('\n');
      places.push({ path, text, line, character, isFirst: i === 0 });
    }
  }
  return places.slice(0, count);
}

async function measure(server, places) {
  const times = [];
  let open = '';
  let version = 1;
  for (const { path, text, line, character, isFirst } of places) {
    const uri = pathToFileURL(path).href;
    if (open !== uri) {
      if (open) await server.notify('textDocument/didClose', { textDocument: { uri: open } });
      await server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'x', version: 1, text } });
      open = uri;
    } else
      await server.notify('textDocument/didChange', {
        textDocument: { uri, version: ++version },
        contentChanges: [{ text }],
      });
    const before = server.processorMs();
    const start = performance.now();
    const { steps } = await server.request('scholia/complete', {
      textDocument: { uri },
      position: { line, character },
      contextOnly: true,
    });
    const ms = performance.now() - start;
    times.push({ at: `${path}:${line + 1}`, ms, processor: server.processorMs() - before, steps, isFirst });
  }
  if (open) await server.notify('textDocument/didClose', { textDocument: { uri: open } });
  return times;
}
