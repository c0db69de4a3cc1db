/**
 * Loaded into a server before its own code (`node --require`): measures how late its event loop is, from the end of its
 * start on, and writes the figures to the file that SCHOLIA_EVENT_LOOP names when it is sent SIGUSR2.
 *
 * A loop is late because its own thread works or because the machine is busy elsewhere; `own` is the most processor time
 * that the thread took between two ticks, which is what the program can be held to on a shared machine.
 */
const { writeFileSync, renameSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { isMainThread } = require('node:worker_threads');

const RESOLUTION_MS = 10;

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  let own = 0;
  // The first turn of the loop comes when the program has loaded.
  setImmediate(() => {
    delay.enable();
    let before = threadMilliseconds();
    setInterval(() => {
      const now = threadMilliseconds();
      own = Math.max(own, now - before);
      before = now;
    }, RESOLUTION_MS).unref();
  });
  process.on('SIGUSR2', () => {
    const file = process.env.SCHOLIA_EVENT_LOOP;
    const late = { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
    writeFileSync(`${file}.part`, JSON.stringify({ ...late, own }));
    renameSync(`${file}.part`, file);
  });
}

function threadMilliseconds() {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
