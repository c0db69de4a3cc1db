/**
 * What part a file plays, told from its path alone: ranking puts tests and examples behind the code they show.
 * Nothing is left out here; leaving out is the walk's business.
 */

export type FileRole = 'source' | 'test' | 'example' | 'docs' | 'changelog';

const TEST_FOLDER =
  /(^|\/)(tests?|__tests__|spec|specs|testing|testdata|test_data|fixtures?|__fixtures__|__mocks__|mocks|e2e|playground)\//i;
const TEST_FILE =
  /(^|\/)(test_[^/]*|[^/]*_test|[^/]*[.-](test|spec)s?|[^/]*(Test|Tests|Spec|TestCase|IT)|conftest)\.[a-z]+$/;
const EXAMPLE_FOLDER = /(^|\/)(examples?|samples?|demos?|benchmarks?|bench)\//i;
const CHANGELOG = /(^|\/)(change(s|log)|history|news|releases?)[^/]*\.(md|markdown|rst|txt|adoc)$|(^|\/)changelog\//i;
const DOCS = /(^|\/)(docs?|documentation)\/|\.(md|markdown|rst|rest|adoc|asciidoc|txt|pdf|docx)$/i;

export function roleOf(path: string): FileRole {
  if (TEST_FOLDER.test(path) || TEST_FILE.test(path)) return 'test';
  if (EXAMPLE_FOLDER.test(path)) return 'example';
  if (CHANGELOG.test(path)) return 'changelog';
  if (DOCS.test(path)) return 'docs';
  return 'source';
}
