export function serve(_options: { dist: string; storeBase?: string }): void {}
