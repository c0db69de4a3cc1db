/**
 * What is left out by name, without looking inside: other people's code, binaries, lock files, and files that hold
 * secrets. Each has a reason, counted in the status. Ignore files are the walk's business, contents the parser's.
 */

const FOLDERS: Record<string, string> = {
  '.git': 'version control',
  '.hg': 'version control',
  '.svn': 'version control',
  '.jj': 'version control',
  node_modules: 'vendored',
  bower_components: 'vendored',
  '.venv': 'vendored',
  __pycache__: 'generated',
  '.tox': 'generated',
  '.mypy_cache': 'generated',
  '.pytest_cache': 'generated',
  '.gradle': 'generated',
};

const FILES: readonly (readonly [RegExp, string])[] = [
  [/^\.env($|\.(?!example$|sample$|template$))/i, 'secret'],
  [/\.(pem|key|p12|pfx|jks|keystore|kdbx|asc|gpg|ppk)$/i, 'secret'],
  [/^(id_(rsa|dsa|ecdsa|ed25519)|\.netrc|\.npmrc|\.pypirc|\.htpasswd|\.git-credentials|credentials)$/i, 'secret'],
  [/\.(min|bundle)\.(js|css|mjs)$|\.(js|css|mjs)\.map$/i, 'minified or data'],
  [
    /^(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|Cargo\.lock|poetry\.lock|uv\.lock|Pipfile\.lock|composer\.lock|Gemfile\.lock|go\.sum|flake\.lock)$/i,
    'generated',
  ],
  [
    /\.(png|jpe?g|gif|bmp|ico|icns|webp|avif|tiff?|psd|mp[34]|m4[av]|wav|ogg|flac|avi|mov|mkv|webm|woff2?|ttf|otf|eot|zip|gz|tgz|bz2|xz|zst|7z|rar|jar|war|class|pyc|o|a|so|dylib|dll|exe|bin|wasm|onnx|gguf|safetensors|npy|npz|parquet|sqlite3?|db|doc|xlsx?|pptx?)$/i,
    'binary',
  ],
];

/** The reason why a folder of this name is not entered, or null. */
export function excludedFolder(name: string): string | null {
  return FOLDERS[name] ?? null;
}

/** The reason why a file of this name is not read, or null. */
export function excludedFile(name: string): string | null {
  return FILES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
