/**
 * An engine in a process of its own, to be killed: does what stdin says, a JSON object a line, and answers a line each.
 *
 *   node driver.cjs OPTIONS   {"root", "storeBase", "dist"}
 *
 * Lines of the form `{"at": …}` tell how far it is.
 */
import { createInterface } from 'node:readline';
import { openEngine } from '../../server/src/compose.js';

export type Order = { do: 'update' } | { do: 'search'; query: string } | { do: 'status' };

const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function main(): Promise<void> {
  const engine = await openEngine(JSON.parse(process.argv[2]!));
  say({ at: 'opened' });
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line) as Order;
    try {
      if (order.do === 'status') say({ result: await engine.status() });
      else if (order.do === 'search') {
        await using snapshot = await engine.snapshot();
        say({ result: (await snapshot.search(order.query, 10, { arm: 'lexical' })).map(({ path }) => path) });
      } else
        say({
          result: await engine.update({
            onProgress: ({ step, done, total }) =>
              say({ at: done === total && step === 'indexing' ? 'indexed' : step }),
          }),
        });
    } catch (error) {
      say({ error: String(error) });
    }
  }
  await engine.close();
}

void main();
