/**
 * Every key of `scholia.json`, declared once: the schema for editors (syntaxes/scholia.schema.json) and
 * docs/scholia-json.md are made from this table by `npm run gen`, and `teamSettings` reads files by it.
 *
 * The file is committed, so anyone who sends a patch can write it. What stands here is therefore harmless whatever its
 * value: no key is an address, a credential or a program, every number has bounds, every text a fixed form.
 */
import { MAX_CHUNK_CHARACTERS } from '../index/chunk.js';
import { FIELD_NAMES } from '../index/postings.js';
import type { FileRole } from '../index/roles.js';
import { SETTING_RULES } from '../protocol/settings.generated.js';
import { FLOWS } from '../rag/trace.js';
import { RANKING } from '../rag/weights.js';

export type TeamRule = { description: string; example: unknown } & (
  | { type: 'patterns'; default: readonly string[] }
  | { type: 'integer' | 'number'; minimum: number; maximum: number; default: number | null }
  | { type: 'choice'; values: readonly string[]; default: string }
  | { type: 'name'; form: RegExp; default: null }
);

export const MAX_PATTERNS = 200;
export const MAX_PATTERN_CHARACTERS = 200;

const FIELDS: Record<(typeof FIELD_NAMES)[number], string> = {
  path: 'the words of a file’s path',
  symbol: 'the names that a passage defines',
  signature: 'signatures and headings',
  comment: 'comments',
  body: 'everything else',
};

const ROLES: Record<FileRole, string> = {
  source: 'code',
  test: 'tests',
  example: 'examples and benchmarks',
  docs: 'documentation',
  changelog: 'change logs',
};

const fileSize = SETTING_RULES['index.maxFileKilobytes'];

export const TEAM_RULES: Readonly<Record<string, TeamRule>> = {
  'index.include': {
    type: 'patterns',
    default: [],
    example: ['src/', 'docs/**/*.md'],
    description:
      'Patterns in `.gitignore` form of the only files to index. Empty: all files that nothing else leaves out.',
  },
  'index.exclude': {
    type: 'patterns',
    default: [],
    example: ['legacy/', '*.snap'],
    description:
      'Patterns in `.gitignore` form of files to leave out, besides those that ignore files and the setting `scholia.index.exclude` name.',
  },
  'index.maxFileKilobytes': {
    type: 'integer',
    minimum: fileSize.minimum!,
    maximum: fileSize.maximum!,
    default: null,
    example: 512,
    description:
      'Files larger than this many kilobytes are left out. Where `scholia.index.maxFileKilobytes` is smaller, that counts.',
  },
  'index.chunkCharacters': {
    type: 'integer',
    minimum: 400,
    maximum: 4000,
    default: MAX_CHUNK_CHARACTERS,
    example: 2000,
    description:
      'The longest passage, in characters; code is cut along its syntax within it. Longer passages say more at once and are found less exactly. A change reads every file again.',
  },
  ...Object.fromEntries(
    FIELD_NAMES.map((name, i): [string, TeamRule] => [
      `ranking.fields.${name}`,
      {
        type: 'number',
        // With no weight for the text itself, most questions would find nothing.
        minimum: name === 'body' ? 0.1 : 0,
        maximum: 10,
        default: RANKING.lexical.fields[i]!.weight,
        example: 2,
        description: `How much a question’s word counts in ${FIELDS[name]}.`,
      },
    ]),
  ),
  ...Object.fromEntries(
    (Object.keys(ROLES) as FileRole[]).map((role): [string, TeamRule] => [
      `ranking.roles.${role}`,
      {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: RANKING.roles[role],
        example: 0.5,
        description: `The share of its score that a passage of ${ROLES[role]} keeps.`,
      },
    ]),
  ),
  flow: {
    type: 'choice',
    values: FLOWS,
    default: FLOWS[0],
    example: FLOWS[0],
    description: 'How a question becomes an answer.',
  },
  'embedder.kind': {
    type: 'choice',
    values: ['bundled', 'folder', 'server'],
    default: 'bundled',
    example: 'folder',
    description:
      'What the team suggests to those who have left `scholia.embedder.kind` as it is: the model that comes with Scholia, a downloaded one, or one on the server that each has in `scholia.embedder.baseUrl`. Nothing is downloaded for this file’s sake, and nothing is sent to a server before each has approved it.',
  },
  'embedder.name': {
    type: 'name',
    form: /^[A-Za-z0-9][\w.-]{0,63}(\/[A-Za-z0-9][\w.-]{0,63})?(:[\w.-]{1,31})?$/,
    default: null,
    example: 'owner/name',
    description: 'The name of the model that `embedder.kind` is about.',
  },
};
