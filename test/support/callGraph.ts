/**
 * Generated code bases whose call graph is known: the same graph written out in five languages, spread over folders and
 * files that import each other. Functions are long enough to be passages of their own, and what only mentions a name,
 * in a comment or a string, must not count.
 */
import fc from 'fast-check';
import type { Files } from './engine.js';

/** Function `i` lies in file `file[i]` and calls the functions `calls[i]`. */
export interface CallGraph {
  file: number[];
  calls: number[][];
}

/** A file and a function in it, as `path#name`. */
export type Fact = string;

export interface Facts {
  name: string;
  /** Where it is defined. */
  place: Fact;
  callers: Fact[];
  callees: Fact[];
}

const FILES = 6;

export const callGraphs: fc.Arbitrary<CallGraph> = fc.integer({ min: 8, max: 12 }).chain((count) =>
  fc.record({
    file: fc.array(fc.nat(FILES - 1), { minLength: count, maxLength: count }),
    calls: fc.array(fc.uniqueArray(fc.nat(count - 1), { maxLength: 5 }), { minLength: count, maxLength: count }),
  }),
);

export interface Language {
  prefix: string;
  /** The path of file `n`. */
  path(file: number): string;
  /** One file: its functions, each with what it calls, and in which file that is. */
  write(file: number, functions: readonly Function[]): string;
  /** Files that the project needs besides. */
  extra: Files;
}

interface Function {
  name: string;
  calls: { name: string; file: number }[];
}

const folder = (file: number) => ['alpha', 'beta', 'gamma'][file % 3]!;
const FILLER = Array.from({ length: 60 }, (_, i) => i + 1000);
const indent = (lines: readonly string[], by: string) => lines.map((line) => by + line).join('\n');

/** Names imported by a file, by the file they come from. */
function imported(file: number, functions: readonly Function[]): [number, string[]][] {
  const others = functions.flatMap(({ calls }) => calls).filter((call) => call.file !== file);
  return [...Map.groupBy(others, (call) => call.file)]
    .sort(([a], [b]) => a - b)
    .map(([from, calls]) => [from, [...new Set(calls.map(({ name }) => name))].sort()]);
}

const typescript: Language = {
  prefix: 'ts',
  path: (file) => `ts/${folder(file)}/part${file}.ts`,
  extra: {},
  write: (file, functions) => `
${imported(file, functions)
  .map(([from, names]) => `import { ${names.join(', ')} } from '../${folder(from)}/part${from}.js';`)
  .join('\n')}
${functions
  .map(
    ({ name, calls }) => `
/** Never calls ${name}Not. */
export function ${name}(x: number): void {
  const said = '${functions[0]!.name}(1)';
${indent(
  [...FILLER.map((n) => `x += ${n} * x;`), ...calls.map((call) => `${call.name}(x);`), 'helper(x, said);'],
  '  ',
)}
}`,
  )
  .join('\n')}
function helper(x: number, said: string): void {
${indent(
  FILLER.map((n) => `x += ${n} * x;`),
  '  ',
)}
}
`,
};

const python: Language = {
  prefix: 'py',
  path: (file) => `py/shop/${folder(file)}/part${file}.py`,
  extra: Object.fromEntries(
    ['', '/alpha', '/beta', '/gamma'].map((inside) => [`py/shop${inside}/__init__.py`, '"""A package."""\n']),
  ),
  write: (file, functions) => `
${imported(file, functions)
  .map(([from, names]) =>
    from % 2 === 0
      ? `from shop.${folder(from)}.part${from} import ${names.join(', ')}`
      : `from ..${folder(from)} import part${from}`,
  )
  .join('\n')}
${functions
  .map(
    ({ name, calls }) => `
def ${name}(x):
    """Mentions ${functions[0]!.name}(1)."""
${indent(
  [
    ...FILLER.map((n) => `x += ${n} * x`),
    ...calls.map((call) =>
      call.file !== file && call.file % 2 === 1 ? `part${call.file}.${call.name}(x)` : `${call.name}(x)`,
    ),
    'helper(x)',
  ],
  '    ',
)}
`,
  )
  .join('\n')}
def helper(x):
${indent(
  FILLER.map((n) => `x += ${n} * x`),
  '    ',
)}
`,
};

const go: Language = {
  prefix: 'Go',
  path: (file) => `go/${folder(file)}/part${file}.go`,
  extra: { 'go/go.mod': 'module example.test/shop\n\ngo 1.24\n' },
  write: (file, functions) => {
    const from = [...new Set(imported(file, functions).map(([other]) => folder(other)))].filter(
      (f) => f !== folder(file),
    );
    return `package ${folder(file)}

import (
	"fmt"
${indent(
  from.map((other) => `"example.test/shop/${other}"`),
  '\t',
)}
)
${functions
  .map(
    ({ name, calls }) => `
// ${name} never calls ${name}Not().
func ${name}(x int) {
	fmt.Println("${functions[0]!.name}(1)")
${indent(
  [
    ...FILLER.map((n) => `x += ${n} * x`),
    ...calls.map((call) => `${folder(call.file) === folder(file) ? '' : `${folder(call.file)}.`}${call.name}(x)`),
    `helper${file}(x)`,
  ],
  '\t',
)}
}`,
  )
  .join('\n')}

func helper${file}(x int) {
${indent(
  FILLER.map((n) => `x += ${n} * x`),
  '\t',
)}
}
`;
  },
};

const java: Language = {
  prefix: 'jv',
  path: (file) => `java/src/main/java/shop/${folder(file)}/Part${file}.java`,
  extra: {},
  write: (file, functions) => `package shop.${folder(file)};

${imported(file, functions)
  .filter(([from]) => folder(from) !== folder(file))
  .map(([from]) => `import shop.${folder(from)}.Part${from};`)
  .join('\n')}

public class Part${file} {
${functions
  .map(
    ({ name, calls }) => `
  /** Never calls ${name}Not(). */
  public static void ${name}(int x) {
    String said = "${functions[0]!.name}(1)";
${indent(
  [
    ...FILLER.map((n) => `x += ${n} * x;`),
    ...calls.map((call) => `${call.file === file ? '' : `Part${call.file}.`}${call.name}(x);`),
    'helper(x);',
  ],
  '    ',
)}
  }`,
  )
  .join('\n')}

  private static void helper(int x) {
${indent(
  FILLER.map((n) => `x += ${n} * x;`),
  '    ',
)}
  }
}
`,
};

const rust: Language = {
  prefix: 'rs',
  path: (file) => `rust/src/${folder(file)}/part${file}.rs`,
  extra: {
    'rust/src/lib.rs': 'mod alpha;\nmod beta;\nmod gamma;\n',
    ...Object.fromEntries(
      ['alpha', 'beta', 'gamma'].map((name) => [
        `rust/src/${name}/mod.rs`,
        Array.from({ length: FILES }, (_, file) => file)
          .filter((file) => folder(file) === name)
          .map((file) => `pub mod part${file};\n`)
          .join(''),
      ]),
    ),
  },
  write: (file, functions) => `
${imported(file, functions)
  .map(([from, names]) => `use crate::${folder(from)}::part${from}::{${names.join(', ')}};`)
  .join('\n')}
${functions
  .map(
    ({ name, calls }) => `
/// Never calls ${name}_not().
pub fn ${name}(mut x: u32) {
    println!("${functions[0]!.name}(1)");
${indent(
  [
    ...FILLER.map((n) => `x += ${n} * x;`),
    ...calls.map((call, i) => (i % 2 === 0 ? `${call.name}(x);` : `assert_eq!(${call.name}(x), ());`)),
    'helper(x);',
  ],
  '    ',
)}
}`,
  )
  .join('\n')}

fn helper(mut x: u32) {
${indent(
  FILLER.map((n) => `x += ${n} * x;`),
  '    ',
)}
}
`,
};

export const LANGUAGES: Record<string, Language> = { typescript, python, go, java, rust };

/** The graph in one language: its files, and what is true of each function. */
export function writeCallGraph(language: Language, { file, calls }: CallGraph): { files: Files; facts: Facts[] } {
  const name = (i: number) =>
    `${language.prefix}${['Anchor', 'Bollard', 'Capstan', 'Dinghy', 'Ensign', 'Fender'][i % 6]}${i}`;
  const place = (i: number): Fact => `${language.path(file[i]!)}#${name(i)}`;
  const files: Files = { ...language.extra };
  for (let n = 0; n < FILES; n++) {
    const own = file.flatMap((where, i) => (where === n ? [i] : []));
    if (own.length === 0) continue;
    const functions = own.map((i) => ({
      name: name(i),
      calls: calls[i]!.map((j) => ({ name: name(j), file: file[j]! })),
    }));
    files[language.path(n)] = language.write(n, functions);
  }
  const helper = (i: number): Fact => `${language.path(file[i]!)}#helper${language.prefix === 'Go' ? file[i]! : ''}`;
  const facts = file.map(
    (_, i): Facts => ({
      name: name(i),
      place: place(i),
      callers: calls.flatMap((called, j) => (called.includes(i) ? [place(j)] : [])).sort(),
      callees: [...calls[i]!.map(place), helper(i)].sort(),
    }),
  );
  return { files, facts };
}
