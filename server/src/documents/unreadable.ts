/** A document that gives no text, with the reason as the end of a sentence: “it is encrypted”. */
export class Unreadable extends Error {}
