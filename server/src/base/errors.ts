/**
 * The one error that crosses layers on purpose.
 *
 * Bad input is data and never arrives here: a broken file becomes a named failure beside the result.
 * An `EngineError` means that something outside (a model, a disk, another process) did not do its part; its message
 * says what happened and what the person can do, names the file or setting, and has no full stop at the end.
 */

/** The servers that settings can name. */
export type ServiceKind = 'model' | 'embedder' | 'reranker';

export type ServiceFailure =
  | 'unreachable'
  | 'unauthorised'
  | 'not-found'
  | 'rate-limited'
  | 'rejected'
  | 'context'
  | 'timeout'
  | 'cut'
  | 'empty';

export type ErrorKind =
  | 'usage'
  | 'no-root'
  | 'store-unavailable'
  | 'store-busy'
  | 'store-damaged'
  | 'store-replaced'
  | 'worker-lost'
  | 'deadline'
  | 'unavailable'
  | `${ServiceKind}-${ServiceFailure}`
  | 'embedder-unavailable'
  | 'embedder-failed'
  | 'reranker-unavailable'
  | 'reranker-failed'
  | 'graph-unavailable'
  | 'graph-failed'
  | 'download-failed';

export class EngineError extends Error {
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.kind = kind;
  }
}

/** The message of anything thrown, for a sentence shown to a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The kind of an error, also of one that came from another thread; undefined when it has none. */
export function kindOf(error: unknown): ErrorKind | undefined {
  return (error as { kind?: ErrorKind } | null)?.kind;
}
