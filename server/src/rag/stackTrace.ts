/** Lines of code that a pasted stack trace, a compiler's message or a log names. Pure. */

export interface Frame {
  /** As it stands there, with `/`: often of another machine, so that only its end can be trusted. */
  path: string;
  line: number;
}

const MAX_FRAMES = 12;
const FILE = String.raw`[\p{L}\p{N}_@.+~/\\-]*[\p{L}\p{N}_@+-]\.[A-Za-z][A-Za-z0-9]{0,9}`;
/** `a.ts:12:3`, `a.rb:12:in`, `A.java:12)`, `a.go:12 +0x1`; `File "a.py", line 12`; `A.cs:line 12`; `a.c(12)`. */
const FRAME = new RegExp(String.raw`(${FILE})(?::(?:line )?|",? line |, line |\()(\d{1,7})(?![\d.])`, 'gu');

/** Each once, in the order of the text, the first dozen. */
export function framesOf(text: string): Frame[] {
  const frames = new Map<string, Frame>();
  for (const [, file, line] of text.matchAll(FRAME)) {
    const path = file!.replaceAll('\\', '/');
    const frame = { path, line: Number(line) };
    if (frame.line > 0 && !frames.has(`${path}:${line}`)) frames.set(`${path}:${line}`, frame);
    if (frames.size === MAX_FRAMES) break;
  }
  return [...frames.values()];
}

/** Those of the files that share the most of the frame's path, from its end. */
export function filesOfFrame({ path }: Frame, files: readonly string[]): string[] {
  const shared = (file: string) => {
    const [own, other] = [path.split('/').reverse(), file.split('/').reverse()];
    let parts = 0;
    while (parts < own.length && own[parts] === other[parts]) parts++;
    return parts;
  };
  const most = Math.max(0, ...files.map(shared));
  return most === 0 ? [] : files.filter((file) => shared(file) === most);
}
