/**
 * What of a folder is indexed: one judgement for each file and folder on the way down, with its reason.
 *
 * From the weakest word to the last: names that tell a class and what the repository says of its own files; git's
 * ignore files and the editor's; a `.scholiaignore`, which also takes in what all of these leave out; the settings.
 * Secrets and stores of version control systems stay out whatever is written anywhere.
 */
import { phrase, t } from '../base/l10n.js';
import type { DirectoryEntry, FileSystem, ScopeLimits } from '../base/ports.js';
import { type Attributes, attributed, attributesFrom } from './attributes.js';
import { type Exclusion, excludedFile, excludedFolder, markedFolder, neverIndexed } from './exclusions.js';
import { isNamed, lastWord, leadsOn, type Rules, rulesFrom, rulesOf } from './ignoreRules.js';
import {
  commonGitFolder,
  type Repository,
  readText,
  repositoryOf,
  type UserFolders,
  userIgnores,
} from './repository.js';

export interface ScopeConfig {
  /** Patterns of the user's settings. */
  exclude: readonly string[];
  /** Patterns of what the editor hides. */
  hidden: readonly string[];
  /** Where the user's git configuration lies; null: it does not count. */
  user: UserFolders | null;
}

export interface Judgement {
  /** Null: it is taken. */
  out: Exclusion | null;
  /** A `.scholiaignore` took it in: what its name and its content say of it do not count. */
  forced: boolean;
  /** A folder that is left out, and entered all the same for what a `.scholiaignore` takes in further down. */
  leadsOn: boolean;
}

/** What a folder hands down to all that lies in it. */
export interface Standing {
  folder: string;
  judgement: Judgement;
  git: readonly Rules[];
  own: readonly Rules[];
  attributes: readonly Attributes[];
}

export interface Scope {
  /** Counts from the next look on. */
  limit(limits: ScopeLimits): void;
  /** The root's standing, with what holds for the whole repository read anew. */
  top(names: ReadonlySet<string>): Promise<Standing>;
  /** The standing of a folder in another, whose entries are `names`. */
  enter(above: Standing, folder: string, judgement: Judgement, names: ReadonlySet<string>): Promise<Standing>;
  judge(above: Standing, path: string, kind: DirectoryEntry['kind']): Judgement;
}

const TAKEN: Judgement = { out: null, forced: false, leadsOn: false };
const FORCED: Judgement = { out: null, forced: true, leadsOn: false };
const LINK: Exclusion = {
  reason: phrase('link'),
  because: phrase('it is a link; what links point to is indexed where it lies'),
};
const WORKTREE: Exclusion = {
  reason: phrase('worktree'),
  because: phrase('it is another work tree of the same repository'),
};
const NOT_INCLUDED: Exclusion = {
  reason: phrase('not included'),
  because: phrase('no pattern under `index.include` of scholia.json names it'),
};
/** Later ones win. */
const GIT_FILES = ['.gitignore', '.ignore'];
const OWN_FILES = ['.scholiaignore'];

export function createScope(files: FileSystem, root: string, config: ScopeConfig): Scope {
  const absolute = (path: string) => (path === '' ? root : `${root}/${path}`);
  const settings = rulesOf(t('The setting scholia.index.exclude'), config.exclude);
  const hidden = rulesOf(t('The setting files.exclude'), config.hidden);
  let last: readonly Rules[] = settings;
  let included: readonly Rules[] = [];
  let ofUser: { source: string; text: string }[] = [];
  let repository: Repository | null = null;

  async function rulesIn(folder: string, wanted: readonly string[], names: ReadonlySet<string>): Promise<Rules[]> {
    const sources: { source: string; text: string }[] = [];
    for (const name of wanted) {
      const source = folder === '' ? name : `${folder}/${name}`;
      const text = names.has(name) ? await readText(files, absolute(source)) : null;
      if (text !== null) sources.push({ source, text });
    }
    return rulesWhereAny(folder, sources);
  }

  /** What git says of a whole repository from outside of its tree. */
  async function rulesOfTop(folder: string, commonFolder: string): Promise<Rules[]> {
    const source = `${commonFolder}/info/exclude`;
    const text = await readText(files, source);
    return rulesWhereAny(folder, text === null ? ofUser : [...ofUser, { source, text }]);
  }

  async function enter(
    above: Standing,
    folder: string,
    judged: Judgement,
    names: ReadonlySet<string>,
  ): Promise<Standing> {
    const common = folder !== '' && names.has('.git') ? await commonGitFolder(files, absolute(folder)) : null;
    const strange = judged.out || judged.forced ? null : stranger(folder, common, names);
    const judgement = strange ? { out: strange, forced: false, leadsOn: leadsOn(folder, above.own) } : judged;
    // A submodule, or a clone inside a clone, begins anew: git reads no ignore file across its border.
    const git = common ? await rulesOfTop(folder, common) : above.git;
    const source = folder === '' ? '.gitattributes' : `${folder}/.gitattributes`;
    const text = names.has('.gitattributes') ? await readText(files, absolute(source)) : null;
    const attributes = text === null ? null : attributesFrom(folder, source, text);
    return {
      folder,
      judgement,
      git: [...git, ...(await rulesIn(folder, GIT_FILES, names))],
      own: [...above.own, ...(await rulesIn(folder, OWN_FILES, names))],
      attributes: [...(common ? [] : above.attributes), ...(attributes ? [attributes] : [])],
    };
  }

  /** What only a look inside can tell of a folder. */
  function stranger(folder: string, common: string | null, names: ReadonlySet<string>): Exclusion | null {
    if (folder === '') return null;
    if (common && common === repository?.commonFolder) return WORKTREE;
    return markedFolder(nameOf(folder), names);
  }

  function judge(above: Standing, path: string, kind: DirectoryEntry['kind']): Judgement {
    const name = nameOf(path);
    const isFolder = kind === 'directory';
    const out = (exclusion: Exclusion): Judgement => ({ out: exclusion, forced: false, leadsOn: false });
    const weaklyOut = (exclusion: Exclusion): Judgement => ({
      ...out(exclusion),
      leadsOn: isFolder && leadsOn(path, above.own),
    });
    const never = kind === 'link' ? LINK : neverIndexed(name, isFolder);
    if (never) return out(never);

    const settled = lastWord(path, isFolder, last);
    if (settled?.says === 'out') return out(ignored(settled.because));
    if (included.length > 0 && !isFolder && !isNamed(path, included)) return out(NOT_INCLUDED);

    const own = lastWord(path, isFolder, above.own);
    if (own?.says === 'out') return out(ignored(own.because));
    const folderClass = isFolder ? excludedFolder(name) : null;
    // What is installed inside a folder that was forced in wants a pattern of its own.
    if (own?.says === 'in' || (above.judgement.forced && !folderClass)) return FORCED;
    if (above.judgement.out) return weaklyOut(above.judgement.out);

    for (const rules of [above.git, hidden]) {
      const word = lastWord(path, isFolder, rules);
      if (word?.says === 'out') return weaklyOut(ignored(word.because));
    }
    const tellsClass = isFolder ? folderClass : (excludedFile(name) ?? attributed(path, above.attributes));
    return tellsClass ? weaklyOut(tellsClass) : TAKEN;
  }

  return {
    limit({ include, exclude }) {
      // The user's word comes after the team's.
      last = [...rulesOf(t('`index.exclude` in scholia.json'), exclude), ...settings];
      included = rulesOf(t('`index.include` in scholia.json'), include);
    },
    async top(names) {
      [repository, ofUser] = await Promise.all([
        repositoryOf(files, root),
        config.user ? userIgnores(files, config.user) : [],
      ]);
      const outside = repository ? await rulesOfTop('', repository.commonFolder) : rulesWhereAny('', ofUser);
      const git = [...outside, ...(repository?.rules ?? [])];
      return enter({ folder: '', judgement: TAKEN, git, own: [], attributes: [] }, '', TAKEN, names);
    },
    enter,
    judge,
  };
}

function rulesWhereAny(folder: string, sources: readonly { source: string; text: string }[]): Rules[] {
  return sources.length > 0 ? [rulesFrom(folder, sources)] : [];
}

function ignored(because: string): Exclusion {
  return { reason: phrase('ignored'), because: phrase('a pattern leaves it out: {0}'), what: because };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
