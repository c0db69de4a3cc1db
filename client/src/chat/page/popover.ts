/**
 * The preview of a marker's lines, beside the marker, while the pointer or the focus is on it. One element serves the
 * whole page. It shows and describes; opening the lines is the marker's own click.
 */
import { element } from './dom.js';
import type { Passage } from './snippet.js';
import { snippetHtml } from './snippet.js';

export interface Preview extends Passage {
  title: string;
  detail: string;
}

const previewLines = 10;
const gap = 6;
const openAfterMs = 150;

/** Previews what `previewOf` finds for a marker anywhere in `container`. */
export function previewMarkers(container: HTMLElement, previewOf: (marker: HTMLElement) => Preview | undefined): void {
  const popover = element('div', {
    class: 'preview',
    attributes: { id: 'preview', role: 'tooltip', popover: 'manual' },
  });
  document.body.append(popover);
  let shownFor: HTMLElement | null = null;
  let timer = 0;

  const hide = () => {
    clearTimeout(timer);
    shownFor?.removeAttribute('aria-describedby');
    shownFor = null;
    popover.hidePopover();
  };
  const show = (marker: HTMLElement) => {
    const preview = marker.isConnected ? previewOf(marker) : undefined;
    if (!preview) return;
    hide();
    shownFor = marker;
    marker.setAttribute('aria-describedby', 'preview');
    const head = element('div', { class: 'preview-head' }, element('strong', {}, preview.title), ` ${preview.detail}`);
    popover.replaceChildren(head, element('div', { trusted: snippetHtml(preview, previewLines) }));
    popover.showPopover();
    place(popover, marker);
  };
  const markerOf = ({ target }: Event) => (target instanceof Element ? target.closest<HTMLElement>('.marker') : null);
  const showSoon = (event: Event) => {
    const marker = markerOf(event);
    if (!marker || marker === shownFor) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => show(marker), openAfterMs);
  };
  const showNow = (event: Event) => {
    const marker = markerOf(event);
    if (marker) show(marker);
  };
  const leave = (event: Event) => {
    if (markerOf(event)) hide();
  };
  // The pointer stays where it was and is on something else now; the focus goes along with its marker.
  const scrolled = () => {
    if (shownFor && shownFor === document.activeElement && isSeen(shownFor, container)) place(popover, shownFor);
    else hide();
  };

  container.addEventListener('pointerover', showSoon);
  container.addEventListener('focusin', showNow);
  for (const end of ['pointerout', 'focusout', 'click']) container.addEventListener(end, leave);
  container.addEventListener('scroll', scrolled, { passive: true });
  document.addEventListener('keydown', (event) => event.key === 'Escape' && hide());
}

function isSeen(marker: HTMLElement, container: HTMLElement): boolean {
  const { top, bottom } = marker.getBoundingClientRect();
  const room = container.getBoundingClientRect();
  return bottom > room.top && top < room.bottom;
}

/** Below the marker, or above it where there is no room below; never beyond the page's sides. */
function place(popover: HTMLElement, marker: HTMLElement): void {
  const anchor = marker.getBoundingClientRect();
  const { width, height } = popover.getBoundingClientRect();
  const left = Math.max(gap, Math.min(anchor.left, window.innerWidth - width - gap));
  const below = anchor.bottom + gap;
  const top = below + height <= window.innerHeight ? below : Math.max(gap, anchor.top - gap - height);
  popover.style.setProperty('left', `${left}px`);
  popover.style.setProperty('top', `${top}px`);
}
