/** Places in the code of a tree, the same ones in each run, and times as rows. */
import { execFileSync } from 'node:child_process';

const CODE = /\.(ts|tsx|js|jsx|mjs|cjs|py|rb|java|go|rs|c|h|cc|cpp|cs|php|kt)$/;

/** Files of code of a usual size, in order. */
export function codeFiles(root) {
  return execFileSync('find', [root, '-type', 'f', '-size', '+1k', '-size', '-200k'], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
    .split('\n')
    .filter((path) => CODE.test(path) && !/fixtures|\.min\./.test(path))
    .sort();
}

/** Picks from a list, by Mulberry32. */
export function picker(seed) {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return (list) => list[Math.floor(random() * list.length)];
}

export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function printTimes(name, milliseconds) {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  if (sorted.length === 0) return;
  const shown = [0.5, 0.95, 0.99].map((share) => `p${100 * share} ${percentile(sorted, share).toFixed(0)} ms`);
  console.log(`${name.padEnd(18)} ${shown.join(', ')} (${sorted.length})`);
}
