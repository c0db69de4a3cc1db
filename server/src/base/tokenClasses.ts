/**
 * What a piece of code can be told to be, for whoever colours it. Server and client speak of a class by its place in
 * this list.
 */
export const tokenClasses = [
  'comment',
  'string',
  'number',
  'keyword',
  'function',
  'type',
  'constant',
  'property',
  'attribute',
  'tag',
  'variable',
] as const;

export type TokenClass = (typeof tokenClasses)[number];
