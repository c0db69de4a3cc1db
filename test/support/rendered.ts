/** What comes alive in something that was drawn: elements that load, attributes that run, links that lead elsewhere. */
import createMarkdown, { type Token } from 'markdown-it';

/** The elements that the chat's page is made of, with their attributes. Neither has an address among it. */
const ELEMENTS = new Set(
  'p h1 h2 h3 h4 h5 h6 ul ol li blockquote hr br em strong s table thead tbody tr th td code pre div span button'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set('class start type title tabindex role data-testid data-n aria-label aria-hidden'.split(' '));

/** Written apart from the code that shows them: controls, bidirectional and zero-width characters, tags, selectors. */
export const HIDDEN =
  /(?![\t\n\r])\p{Cc}|\u034f|\u17b4|\u17b5|[\u180b-\u180f]|[\ufe00-\ufe0d]|[\u{e0100}-\u{e01ef}]|[\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e00ff}]/u;

/** Reads HTML as a strict tokenizer would: whatever is not one of our elements with our attributes is a finding. */
export function htmlFindings(html: string): string[] {
  const found: string[] = [];
  const rest = html.replace(
    /<\/?([a-z][a-z0-9]*)((?: [a-z-]+="[^"<>]*")*) ?\/?>/g,
    (_tag, name: string, list: string) => {
      if (!ELEMENTS.has(name)) found.push(`element ${name}`);
      for (const [, attribute] of list.matchAll(/ ([a-z-]+)="/g))
        if (!ATTRIBUTES.has(attribute!)) found.push(`attribute ${attribute}`);
      return '';
    },
  );
  if (/[<>]/.test(rest)) found.push('markup');
  if (HIDDEN.test(html)) found.push('hidden character');
  return found;
}

const editor = createMarkdown({ html: true, linkify: true });
// Stricter than an editor: every scheme is taken, and words that look like addresses are links.
editor.validateLink = () => true;
editor.linkify.set({ fuzzyEmail: true, fuzzyLink: false });
editor.linkify.add('//', null);
editor.linkify.add('www.', {
  validate: (text, at) => /^[\w-]+\.[\w./-]+/.exec(text.slice(at))?.[0].length ?? 0,
});

/** Reads markdown as an editor that draws images, HTML and links of any kind; `isOurs` knows our own addresses. */
export function markdownFindings(markdown: string, isOurs: (address: string) => boolean): string[] {
  const found = flat(editor.parse(markdown, {})).flatMap((token) => {
    if (token.type === 'image') return [`image ${token.attrGet('src')}`];
    if (token.type.startsWith('html_')) return [`html ${token.content}`];
    const address = token.type === 'link_open' ? String(token.attrGet('href')) : null;
    return address !== null && !isOurs(address) ? [`link ${address}`] : [];
  });
  return HIDDEN.test(markdown) ? [...found, 'hidden character'] : found;
}

function flat(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => [token, ...flat(token.children ?? [])]);
}

/** What VS Code makes a link in a notification, with `command:` allowed. */
export const NOTICE_LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

/** What a terminal obeys. */
export const TERMINAL_CONTROL = /(?![\t\n])\p{Cc}/u;
