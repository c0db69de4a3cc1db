/** What part a file plays, by its path: each language's own conventions, and names that only look like them. */
import { describe, expect, test } from 'vitest';
import { type FileRole, roleOf } from '../../server/src/index/roles.js';

const PATHS: Record<FileRole, readonly string[]> = {
  test: [
    'tests/lantern.py',
    'src/lantern/_tests/test_oil.py',
    'src/lantern/__test__/index.ts',
    'src/jvmTest/kotlin/Oil.kt',
    'src/Shop.Tests/Support.cs',
    'Sources/LampTests/Support.swift',
    'integration-tests/run.go',
    'unittests/oil.cpp',
    'pkg/oil_test.go',
    'lib/test_oil.py',
    'src/test_oil.cpp',
    'conftest.py',
    'lamp/oil.spec.tsx',
    'lamp/oil.test.mjs',
    'lib/oil_spec.rb',
    'src/OilTest.java',
    'src/OilTests.cs',
    'src/OilSpec.scala',
    'src/OilIT.java',
    'lamp/oil_test.exs',
    'lamp.bats',
  ],
  source: [
    'lib/lamp/test_functions.bash',
    'scripts/test_all.sh',
    'lib/mail/test_mailer.rb',
    'src/crypto/test_provider.rs',
    'pkg/test_driver.go',
    'src/applySpec.js',
    'src/locales/itIT.ts',
    'lib/priority_spec.c',
    'src/contest/latest.ts',
    'googletest/src/gtest.cc',
    '.github/workflows/build_test.yml',
    'lamp/attestation.py',
  ],
  docs: ['docs/lamp.md', 'documentation/test_functions.md', 'README.md', 'guides/client.test.md', 'manual.pdf'],
  example: ['examples/lamp.ts', 'demo/lamp.ts', 'bench/lamp.rs'],
  changelog: ['CHANGELOG.md', 'docs/changelog/1.md', 'HISTORY.rst'],
};

for (const [role, paths] of Object.entries(PATHS))
  describe(role, () => {
    for (const path of paths) test(path, () => expect(roleOf(path)).toBe(role));
  });
