/** What `lang:` and `path:` in a question let through. */
import { expect, test } from 'vitest';
import { createPasses, takeFilter } from '../../server/src/index/filter.js';

function passing(question: string, ...files: [path: string, language: string][]): string[] {
  const { filter } = takeFilter(question);
  return files
    .map(([path, language]) => ({ path, language }))
    .filter(createPasses(filter!))
    .map(({ path }) => path);
}

test('a question without a filter is left alone', () =>
  expect(takeFilter('what does path: mean in a url:path?')).toEqual({
    text: 'what does path: mean in a url:path?',
    filter: null,
  }));

test('a filter is taken out of the question', () =>
  expect(takeFilter('lang:ts who parses path:server/src files')).toEqual({
    text: 'who parses   files',
    filter: { languages: ['typescript'], paths: ['server/src'] },
  }));

test('a language goes by its id or by the ending of its files', () => {
  for (const name of ['python', 'py', 'Python'])
    expect(passing(`lang:${name} x`, ['a.py', 'python'], ['b.go', 'go'])).toEqual(['a.py']);
  expect(passing('lang:klingon x', ['a.py', 'python'])).toEqual([]);
});

test('a path is whole names, anywhere, whatever their case', () => {
  const files: [string, string][] = [
    ['server/src/a.ts', 'typescript'],
    ['lib/server/src/b.ts', 'typescript'],
    ['observer/src/c.ts', 'typescript'],
    ['server/srcs/d.ts', 'typescript'],
  ];
  expect(passing('path:Server/src/ x', ...files)).toEqual(['server/src/a.ts', 'lib/server/src/b.ts']);
  expect(passing('path:./a.ts x', ...files)).toEqual(['server/src/a.ts']);
  expect(passing('path:*.ts path:nothing x', ...files)).toHaveLength(4);
  expect(passing('path:server/*.ts x', ...files)).toEqual([]);
  expect(passing('path:s.rver x', ...files)).toEqual([]);
});

test('both kinds must let a file through, and one of a kind is enough', () =>
  expect(passing('lang:go lang:py path:src x', ['src/a.go', 'go'], ['src/b.py', 'python'], ['c.py', 'python'])).toEqual(
    ['src/a.go', 'src/b.py'],
  ));
