/** A parse worker that does what the name of the file tells it to: hang, die, throw, or swell; else it cuts one chunk. */
import { serialize } from 'node:v8';
import { parentPort, threadId } from 'node:worker_threads';

parentPort.on('message', ({ id, args: [job] }) => {
  const { path, content, cut, failure } = job;
  const isUnruly = cut !== 'lines' || path.includes('always');
  if (isUnruly && path.includes('hang')) for (;;);
  if (isUnruly && path.includes('die')) process.exit(3);
  if (isUnruly && path.includes('crash')) throw new Error('the thread fell over');
  if (isUnruly && path.includes('refuse')) {
    parentPort.postMessage({ id, error: { message: 'refused' } });
    return;
  }
  const result = {
    path,
    digest: `${cut} ${threadId}`,
    language: 'plaintext',
    text: String(content),
    lines: { total: 1, covered: 1 },
    chunks: [],
    symbols: [],
    references: [],
    imports: [],
    notes: failure ? [failure] : [],
  };
  const outcome = { kind: 'indexed', file: { bytes: new Uint8Array(serialize(result)) } };
  parentPort.postMessage({ id, result: { outcome, memoryBytes: path.includes('swell') ? 1e9 : 1 } });
});
