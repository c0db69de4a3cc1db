/**
 * `npm run bench -- hover --root DIR [--store DIR] [--hovers 300]`: how long a hover takes over the protocol, on names
 * (called, or spelled with capitals or signs) drawn from the code of a tree. Each file is opened first, as in an editor,
 * and its first hover waits for its parse. One in three names is drawn from those that stand in most files: they are the
 * slow ones, and also what people write. Processor time, of all threads, tells what it takes where others work too.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { codeFiles, percentile, picker, printTimes } from './support/places.mjs';
import { onServedTree } from './support/servedTree.mjs';

const PLACES_OF_FILE = 3;
const pick = picker(1);

await onServedTree('hover', 'hovers', 300, async ({ root, count, server, report }) => {
  const places = draw(root, count);
  await measure(server, places.slice(0, 10));
  const times = await measure(server, places.slice(10));
  const shown = times.filter(({ card }) => card);
  console.log(`${report.chunks} chunks in ${report.files} files, ${times.length} hovers`);
  const row = (name, some) =>
    printTimes(
      name,
      some.map(({ ms }) => ms),
    );
  row('all', times);
  row('with a card', shown);
  row(
    'first in a file',
    shown.filter(({ isFirst }) => isFirst),
  );
  row(
    'of common names',
    shown.filter(({ isCommon }) => isCommon),
  );
  printTimes(
    'processor time',
    shown.map(({ processor }) => processor),
  );
  const lines = shown.map(({ card }) => card.split('\n').length).sort((a, b) => a - b);
  console.log(`${'lines of a card'.padEnd(18)} ${percentile(lines, 0.5)} at p50, ${lines.at(-1)} at most`);
  const slowest = [...times].sort((a, b) => b.ms - a.ms).slice(0, 10);
  console.log(`slowest: ${slowest.map(({ name, ms }) => `${name} ${ms.toFixed(0)}`).join(', ')}`);
});

/** Files at random, with names at random in each. */
function draw(root, count) {
  const files = codeFiles(root);
  const common = new Map();
  for (let i = 0; i < 400; i++)
    for (const name of new Set(namesIn(readFileSync(pick(files), 'utf8')).map(({ name }) => name)))
      common.set(name, (common.get(name) ?? 0) + 1);
  const isCommon = (name) => (common.get(name) ?? 0) >= 20;
  const places = [];
  while (places.length < count) {
    const path = pick(files);
    const text = readFileSync(path, 'utf8');
    const names = namesIn(text);
    const groups = [names, names, names.filter(({ name }) => isCommon(name))].filter((group) => group.length > 0);
    for (let i = 0; i < PLACES_OF_FILE && groups.length > 0; i++) {
      const place = pick(groups[i % groups.length]);
      places.push({ ...place, path, text, isFirst: i === 0, isCommon: isCommon(place.name) });
    }
  }
  return places.slice(0, count);
}

function namesIn(text) {
  return text.split('\n').flatMap((line, number) =>
    /^\s*(\/\/|\*|#|\/\*)/.test(line)
      ? []
      : [...line.matchAll(/\b([A-Za-z]+([a-z][A-Z]|_)\w+|[A-Za-z_]\w{2,}(?=\())/g)].map((match) => ({
          name: match[0],
          line: number,
          character: match.index + 1,
        })),
  );
}

async function measure(server, places) {
  const times = [];
  let open = '';
  for (const { path, text, name, line, character, isFirst, isCommon } of places) {
    const uri = pathToFileURL(path).href;
    if (open !== uri) {
      if (open) await server.notify('textDocument/didClose', { textDocument: { uri: open } });
      await server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'x', version: 1, text } });
      open = uri;
    }
    const before = server.processorMs();
    const start = performance.now();
    const hover = await server.request('textDocument/hover', { textDocument: { uri }, position: { line, character } });
    const ms = performance.now() - start;
    const processor = server.processorMs() - before;
    times.push({ name, ms, processor, card: hover?.contents.value ?? '', isFirst, isCommon });
  }
  if (open) await server.notify('textDocument/didClose', { textDocument: { uri: open } });
  return times;
}
