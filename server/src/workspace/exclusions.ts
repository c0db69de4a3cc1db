/**
 * What is left out by name, without looking inside: other people's code, what a tool wrote, binaries, and files that
 * hold secrets. Each class has a reason, counted in the status, and each row a sentence for whoever asks about a file.
 * Ignore files are the scope's business, contents the parser's.
 *
 * A row has to be sure: code that is missing is worse than code too much. So there is no `dist`, `build`, `out`,
 * `target`, `third_party` or plain `vendor` here. Where these hold products, `.gitignore` names them; where other
 * people's code, a file in them says so (`MARKERS`); and else they hold somebody's work.
 */

export interface Exclusion {
  /** The class, as the status counts it. */
  reason: string;
  /** Why, as the end of a sentence about the file or folder. */
  because: string;
}

const vendored = (what: string): Exclusion => ({
  reason: 'vendored',
  because: `it holds other people’s code: ${what}`,
});
const generated = (what: string): Exclusion => ({ reason: 'generated', because: `a tool wrote it: ${what}` });
const HISTORY: Exclusion = { reason: 'version control', because: 'it is the store of a version control system' };
const SECRET: Exclusion = { reason: 'secret', because: 'files of this name hold secrets; nothing takes them in' };

/** Never entered, whatever a `.scholiaignore` says. In submodules and second work trees such a name is a file. */
const HISTORIES: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', '.jj', '.sl']);

const FOLDERS: Readonly<Record<string, Exclusion>> = {
  node_modules: vendored('packages that npm installed'),
  bower_components: vendored('packages that Bower installed'),
  jspm_packages: vendored('packages that jspm installed'),
  'site-packages': vendored('packages that pip installed'),
  '.venv': vendored('a Python environment'),
  '.yarn': vendored('Yarn and its cache'),
  '.bundle': vendored('gems and settings of Bundler'),
  __pycache__: generated('compiled Python'),
  '.tox': generated('environments of tox'),
  '.nox': generated('environments of nox'),
  '.eggs': generated('packages for a build'),
  '.mypy_cache': generated('a cache'),
  '.pytest_cache': generated('a cache'),
  '.ruff_cache': generated('a cache'),
  '.parcel-cache': generated('a cache'),
  '.turbo': generated('a cache'),
  '.gradle': generated('a cache of Gradle'),
  '.dart_tool': generated('a cache of Dart'),
  '.terraform': generated('providers that Terraform fetched'),
  '.next': generated('a build of Next.js'),
  '.nuxt': generated('a build of Nuxt'),
  '.svelte-kit': generated('a build of SvelteKit'),
  '.angular': generated('a cache of Angular'),
  '.nyc_output': generated('coverage data'),
  '.ipynb_checkpoints': generated('copies of notebooks'),
  CMakeFiles: generated('a build of CMake'),
};

/** A file that tells what the folder around it is, whatever the folder's name, or under one name only. */
const MARKERS: readonly { file: string; folder?: string; exclusion: Exclusion }[] = [
  { file: 'modules.txt', folder: 'vendor', exclusion: vendored('`go mod vendor` keeps modules.txt in it') },
  { file: 'autoload.php', folder: 'vendor', exclusion: vendored('Composer keeps autoload.php in it') },
  { file: 'Manifest.lock', folder: 'Pods', exclusion: vendored('CocoaPods keeps Manifest.lock in it') },
  { file: '.cargo-checksum.json', exclusion: vendored('`cargo vendor` keeps .cargo-checksum.json in it') },
  { file: 'pyvenv.cfg', exclusion: vendored('it is a Python environment, by its pyvenv.cfg') },
  { file: 'CACHEDIR.TAG', exclusion: generated('its CACHEDIR.TAG says that it is a cache') },
  { file: 'CMakeCache.txt', exclusion: generated('it is a build of CMake, by its CMakeCache.txt') },
];

const SECRETS: readonly RegExp[] = [
  /^\.env($|\.(?!example$|sample$|template$))/i,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx|asc|gpg|ppk)$/i,
  /^(id_(rsa|dsa|ecdsa|ed25519)|\.netrc|\.npmrc|\.pypirc|\.htpasswd|\.git-credentials|credentials)$/i,
];

const FILES: readonly (readonly [RegExp, Exclusion])[] = [
  [
    /\.(min|bundle)\.(js|css|mjs)$|\.(js|css|mjs)\.map$/i,
    { reason: 'minified or data', because: 'a tool made it for machines: minified code or a source map, by its name' },
  ],
  [
    /^(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|Cargo\.lock|poetry\.lock|pdm\.lock|uv\.lock|Pipfile\.lock|composer\.lock|Gemfile\.lock|Podfile\.lock|mix\.lock|pubspec\.lock|go\.(work\.)?sum|flake\.lock|\.terraform\.lock\.hcl)$/i,
    generated('the lock file of a package manager'),
  ],
  [/^\.pnp\.(c?js|loader\.mjs)$/i, generated('the package map of Yarn')],
  [/(_pb2(_grpc)?\.pyi?|\.pb(\.gw)?\.go|\.pb\.(cc|h)|_pb\.(js|d\.ts))$/, generated('code of the protobuf compiler')],
  [/\.(g|freezed)\.dart$/, generated('code of a Dart builder')],
  [/\.(designer|g|g\.i)\.cs$/i, generated('code of a .NET designer')],
  [
    /\.(png|jpe?g|gif|bmp|ico|icns|webp|avif|tiff?|psd|mp[34]|m4[av]|wav|ogg|flac|avi|mov|mkv|webm|woff2?|ttf|otf|eot|zip|gz|tgz|bz2|xz|zst|7z|rar|jar|war|class|pyc|o|a|so|dylib|dll|exe|bin|wasm|onnx|gguf|safetensors|npy|npz|parquet|sqlite3?|db|doc|xlsx?|pptx?)$/i,
    { reason: 'binary', because: 'it is not text, by its name' },
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
