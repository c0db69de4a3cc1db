/**
 * What is left out by name, without looking inside: other people's code, what a tool wrote, binaries, and files that
 * hold secrets. Each class has a reason, counted in the status, and each row a sentence for whoever asks about a file.
 * Ignore files are the scope's business, contents the parser's.
 *
 * A row has to be sure: code that is missing is worse than code too much. So there is no `dist`, `build`, `out`,
 * `target`, `third_party` or plain `vendor` here. Where these hold products, `.gitignore` names them; where other
 * people's code, a file in them says so (`MARKERS`); and else they hold somebody's work.
 */

import { phrase, t } from '../base/l10n.js';

export interface Exclusion {
  /** The class, as the status counts it. */
  reason: string;
  /** Why, as the end of a sentence about the file or folder. */
  because: string;
  /** What is told in the place `{0}` of `because`. */
  what?: string;
}

export function whyOut({ because, what }: Exclusion): string {
  return what === undefined ? t(because) : t(because, t(what));
}

const vendored = (what: string): Exclusion => ({
  reason: phrase('vendored'),
  because: phrase('it holds other people’s code: {0}'),
  what,
});
const generated = (what: string): Exclusion => ({
  reason: phrase('generated'),
  because: phrase('a tool wrote it: {0}'),
  what,
});
const HISTORY: Exclusion = {
  reason: phrase('version control'),
  because: phrase('it is the store of a version control system'),
};
const SECRET: Exclusion = {
  reason: phrase('secret'),
  because: phrase('files of this name hold secrets; nothing takes them in'),
};

/** Never entered, whatever a `.scholiaignore` says. In submodules and second work trees such a name is a file. */
const HISTORIES: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', '.jj', '.sl']);

const FOLDERS: Readonly<Record<string, Exclusion>> = {
  node_modules: vendored(phrase('packages that npm installed')),
  bower_components: vendored(phrase('packages that Bower installed')),
  jspm_packages: vendored(phrase('packages that jspm installed')),
  'site-packages': vendored(phrase('packages that pip installed')),
  '.venv': vendored(phrase('a Python environment')),
  '.yarn': vendored(phrase('Yarn and its cache')),
  '.bundle': vendored(phrase('gems and settings of Bundler')),
  __pycache__: generated(phrase('compiled Python')),
  '.tox': generated(phrase('environments of tox')),
  '.nox': generated(phrase('environments of nox')),
  '.eggs': generated(phrase('packages for a build')),
  '.mypy_cache': generated(phrase('a cache')),
  '.pytest_cache': generated(phrase('a cache')),
  '.ruff_cache': generated(phrase('a cache')),
  '.parcel-cache': generated(phrase('a cache')),
  '.turbo': generated(phrase('a cache')),
  '.gradle': generated(phrase('a cache of Gradle')),
  '.dart_tool': generated(phrase('a cache of Dart')),
  '.terraform': generated(phrase('providers that Terraform fetched')),
  '.next': generated(phrase('a build of Next.js')),
  '.nuxt': generated(phrase('a build of Nuxt')),
  '.svelte-kit': generated(phrase('a build of SvelteKit')),
  '.angular': generated(phrase('a cache of Angular')),
  '.nyc_output': generated(phrase('coverage data')),
  '.ipynb_checkpoints': generated(phrase('copies of notebooks')),
  CMakeFiles: generated(phrase('a build of CMake')),
};

/** A file that tells what the folder around it is, whatever the folder's name, or under one name only. */
const MARKERS: readonly { file: string; folder?: string; exclusion: Exclusion }[] = [
  { file: 'modules.txt', folder: 'vendor', exclusion: vendored(phrase('`go mod vendor` keeps modules.txt in it')) },
  { file: 'autoload.php', folder: 'vendor', exclusion: vendored(phrase('Composer keeps autoload.php in it')) },
  { file: 'Manifest.lock', folder: 'Pods', exclusion: vendored(phrase('CocoaPods keeps Manifest.lock in it')) },
  { file: '.cargo-checksum.json', exclusion: vendored(phrase('`cargo vendor` keeps .cargo-checksum.json in it')) },
  { file: 'pyvenv.cfg', exclusion: vendored(phrase('it is a Python environment, by its pyvenv.cfg')) },
  { file: 'CACHEDIR.TAG', exclusion: generated(phrase('its CACHEDIR.TAG says that it is a cache')) },
  { file: 'CMakeCache.txt', exclusion: generated(phrase('it is a build of CMake, by its CMakeCache.txt')) },
];

const SECRETS: readonly RegExp[] = [
  /^\.env($|\.(?!example$|sample$|template$))/i,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx|asc|gpg|ppk)$/i,
  /^(id_(rsa|dsa|ecdsa|ed25519)|\.netrc|\.npmrc|\.pypirc|\.htpasswd|\.git-credentials|credentials)$/i,
];

const FILES: readonly (readonly [RegExp, Exclusion])[] = [
  [
    /\.(min|bundle)\.(js|css|mjs)$|\.(js|css|mjs)\.map$/i,
    {
      reason: phrase('minified or data'),
      because: phrase('a tool made it for machines: minified code or a source map, by its name'),
    },
  ],
  [
    /^(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|Cargo\.lock|poetry\.lock|pdm\.lock|uv\.lock|Pipfile\.lock|composer\.lock|Gemfile\.lock|Podfile\.lock|mix\.lock|pubspec\.lock|go\.(work\.)?sum|flake\.lock|\.terraform\.lock\.hcl)$/i,
    generated(phrase('the lock file of a package manager')),
  ],
  [/^\.pnp\.(c?js|loader\.mjs)$/i, generated(phrase('the package map of Yarn'))],
  [
    /(_pb2(_grpc)?\.pyi?|\.pb(\.gw)?\.go|\.pb\.(cc|h)|_pb\.(js|d\.ts))$/,
    generated(phrase('code of the protobuf compiler')),
  ],
  [/\.(g|freezed)\.dart$/, generated(phrase('code of a Dart builder'))],
  [/\.(designer|g|g\.i)\.cs$/i, generated(phrase('code of a .NET designer'))],
  [
    /\.(png|jpe?g|gif|bmp|ico|icns|webp|avif|tiff?|psd|mp[34]|m4[av]|wav|ogg|flac|avi|mov|mkv|webm|woff2?|ttf|otf|eot|zip|gz|tgz|bz2|xz|zst|7z|rar|jar|war|class|pyc|o|a|so|dylib|dll|exe|bin|wasm|onnx|gguf|safetensors|npy|npz|parquet|sqlite3?|db|doc|xlsx?|pptx?)$/i,
    { reason: phrase('binary'), because: phrase('it is not text, by its name') },
  ],
];

/** What no rule takes in: stores of version control systems, and files that hold secrets. */
export function neverIndexed(name: string, isFolder: boolean): Exclusion | null {
  if (HISTORIES.has(name)) return HISTORY;
  return !isFolder && SECRETS.some((pattern) => pattern.test(name)) ? SECRET : null;
}

/** Why a folder of this name is not entered, or null. */
export function excludedFolder(name: string): Exclusion | null {
  return Object.hasOwn(FOLDERS, name) ? FOLDERS[name]! : null;
}

/** Why a folder of this name that holds these files and folders is not entered, or null. */
export function markedFolder(name: string, names: ReadonlySet<string>): Exclusion | null {
  const marker = MARKERS.find(({ file, folder }) => names.has(file) && (!folder || folder === name));
  return marker?.exclusion ?? null;
}

/** Why a file of this name is not read, or null. */
export function excludedFile(name: string): Exclusion | null {
  return FILES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
