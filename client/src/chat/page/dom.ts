/**
 * Elements in one expression. Text goes in as text nodes and never as markup; the one way in for markup is `trusted`,
 * which takes what `render`, `snippet` and `colours` made. Style attributes are not offered: the page's policy refuses them.
 */

interface Properties {
  class?: string;
  /** A tooltip. */
  title?: string;
  /** Any attribute; false and undefined leave it out, true writes it empty. */
  attributes?: Record<string, string | number | boolean | undefined>;
  onClick?: () => void;
  /** Markup of our own making. */
  trusted?: string;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Properties = {},
  ...children: (Node | string | null | undefined)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (properties.class) made.className = properties.class;
  if (properties.title) made.title = properties.title;
  for (const [attribute, value] of Object.entries(properties.attributes ?? {}))
    if (value !== undefined && value !== false) made.setAttribute(attribute, value === true ? '' : String(value));
  if (properties.onClick) made.addEventListener('click', properties.onClick);
  if (properties.trusted !== undefined) made.innerHTML = properties.trusted;
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function icon(name: string, className = ''): HTMLElement {
  return element('span', { class: `codicon codicon-${name} ${className}`, attributes: { 'aria-hidden': 'true' } });
}

export function iconButton(name: string, label: string, onClick: () => void, testId?: string): HTMLButtonElement {
  const attributes = { type: 'button', 'aria-label': label, 'data-testid': testId };
  return element('button', { class: `icon-button codicon codicon-${name}`, title: label, attributes, onClick });
}

/** The icon says for a moment that something was copied. */
export function confirmCopy(button: Element): void {
  button.classList.replace('codicon-copy', 'codicon-check');
  setTimeout(() => button.classList.replace('codicon-check', 'codicon-copy'), 1500);
}

/** A section that opens and closes; what is in it is made when it is first opened. */
export function disclosure(
  title: string,
  make: () => Node,
  { class: className = '', open = false }: { class?: string; open?: boolean } = {},
): HTMLDetailsElement {
  const details = element('details', { class: `disclosure ${className}`, attributes: { open } });
  details.append(element('summary', {}, icon('chevron-right', 'twistie'), element('span', {}, title)));
  const fill = () => {
    if (details.open && details.childElementCount === 1) details.append(make());
  };
  details.addEventListener('toggle', fill);
  fill();
  return details;
}

/** Other children in place of these, with the focus and what was opened where they were. */
export function redraw(container: HTMLElement, children: readonly Node[]): void {
  const controls = () => [...container.querySelectorAll<HTMLElement>('button, summary')];
  const focused = controls().indexOf(document.activeElement as HTMLElement);
  const opened = [...container.querySelectorAll('details')].map(({ open }) => open);
  container.replaceChildren(...children);
  for (const [i, details] of [...container.querySelectorAll('details')].entries()) details.open ||= opened[i] ?? false;
  controls()[focused]?.focus({ preventScroll: true });
}
