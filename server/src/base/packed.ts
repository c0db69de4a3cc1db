/**
 * A value on its way from one thread to another through a third that does not look inside.
 *
 * Packed, it is one run of bytes: the thread in the middle copies it without making the objects, which for the text and
 * tokens of thousands of files would be hundreds of megabytes of garbage in the thread that answers requests.
 */
import { deserialize, serialize } from 'node:v8';

export interface Packed<T> {
  bytes: Uint8Array;
  /** Never there: it ties the bytes to the type they hold. */
  holds?: T;
}

export function pack<T>(value: T): Packed<T> {
  return { bytes: new Uint8Array(serialize(value)) };
}

export function unpack<T>({ bytes }: Packed<T>): T {
  return deserialize(bytes) as T;
}
