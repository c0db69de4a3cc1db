/**
 * What part a file plays, told from its path alone: ranking puts tests and examples behind the code they show.
 * Nothing is left out here; leaving out is the walk's business.
 */

export type FileRole = 'source' | 'test' | 'example' | 'docs' | 'changelog';

const TEST_FOLDER =
  /(^|\/)([_.-]?tests?|__tests?__|specs?|testing|testdata|test_data|unit_?tests?|fixtures?|__fixtures__|__mocks__|mocks|e2e|playground)\//i;
/** Source sets and projects: `jvmTest`, `Shop.Tests`, `ShopTests`, `functional-tests`. */
const TEST_PROJECT = /([a-z0-9.]Tests?|-tests?)\//;
/**
 * By what the language's own test runners look for, since elsewhere such a name means something else: of 400 public
 * repositories' files named `test_…` outside a folder of tests, in Go, Rust, Ruby and shell most are sources.
 */
const TEST_FILES = [
  /(^|\/)conftest\.py$/,
  /(^|\/)test_[^/]*\.(py|c|cc|cpp|cxx|cu|jl|[rR])$/,
  /_test\.(go|py|rb|exs|dart|c|cc|cpp|cxx|h|hpp|rs|lua|php|sh|ml|clj[cs]?)$/,
  /_spec\.(rb|lua|sh|cr|exs?)$/,
  /[.-](test|spec)s?\.[cm]?[jt]sx?$/,
  /[^/](Test|Tests|Spec|TestCase)\.(java|kt|kts|scala|groovy|cs|fs|vb|php|swift|hs|mm?|cc|cpp)$/,
  /[^/]IT\.(java|kt|scala|groovy)$/,
  /\.bats$/,
];
const EXAMPLE_FOLDER = /(^|\/)(examples?|samples?|demos?|benchmarks?|bench)\//i;
const CHANGELOG = /(^|\/)(change(s|log)|history|news|releases?)[^/]*\.(md|markdown|rst|txt|adoc)$|(^|\/)changelog\//i;
const DOCS = /(^|\/)(docs?|documentation)\/|\.(md|markdown|rst|rest|adoc|asciidoc|txt|pdf|docx)$/i;

export function roleOf(path: string): FileRole {
  if (isTest(path)) return 'test';
  if (EXAMPLE_FOLDER.test(path)) return 'example';
  if (CHANGELOG.test(path)) return 'changelog';
  if (DOCS.test(path)) return 'docs';
  return 'source';
}

function isTest(path: string): boolean {
  return TEST_FOLDER.test(path) || TEST_PROJECT.test(path) || TEST_FILES.some((pattern) => pattern.test(path));
}
