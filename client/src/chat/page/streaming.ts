/**
 * Markdown that is drawn while it arrives. It is drawn at most ten times a second, and less often the longer drawing
 * takes, so that a long answer costs a share of the time and not the square of its length. Blocks that did not change
 * stay the same elements: what a reader has selected, focused or scrolled in them is left alone.
 */
import { maxAnswerLength, type RenderOptions, renderAnswer } from './render.js';

const leastPauseMs = 100;
/** Drawing may take one part in this many of the time. */
const restShare = 8;

export class StreamedMarkdown {
  private readonly container: HTMLElement;
  private readonly options: RenderOptions;
  private text = '';
  private timer: number | undefined;
  private lastDrawnAt = Number.NEGATIVE_INFINITY;
  private lastCostMs = 0;

  constructor(container: HTMLElement, options: RenderOptions) {
    this.container = container;
    this.options = options;
  }

  append(delta: string): void {
    const isFull = this.text.length > maxAnswerLength;
    this.text += delta;
    if (isFull || this.timer !== undefined) return;
    const dueAt = this.lastDrawnAt + Math.max(leastPauseMs, restShare * this.lastCostMs);
    this.timer = window.setTimeout(
      () => requestAnimationFrame(() => this.draw()),
      Math.max(0, dueAt - performance.now()),
    );
  }

  /** Replaces what was streamed and draws it at once. */
  set(text: string): void {
    this.text = text;
    this.draw();
  }

  private draw(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const startedAt = performance.now();
    const template = document.createElement('template');
    template.innerHTML = renderAnswer(this.text, this.options);
    // Paragraphs run by their own letters through the style; what has bullets or columns must be told.
    for (const block of template.content.querySelectorAll<HTMLElement>('ul, ol, table')) block.dir = 'auto';
    makeEqual(this.container, template.content);
    // The next frame comes when layout is done, which for a long text is most of the work.
    this.lastDrawnAt = performance.now();
    requestAnimationFrame(() => {
      this.lastCostMs = performance.now() - startedAt;
    });
  }
}

function makeEqual(container: HTMLElement, wanted: DocumentFragment): void {
  const before = [...container.childNodes];
  const after = [...wanted.childNodes];
  for (const [i, block] of after.entries()) {
    const old = before[i];
    if (!old) container.append(block);
    else if (!old.isEqualNode(block) && !recolour(old, block)) old.replaceWith(block);
  }
  for (const gone of before.slice(after.length)) gone.remove();
}

/** Code that only changed its colours stays where it was scrolled to. */
function recolour(old: Node, wanted: Node): boolean {
  if (!(old instanceof Element && wanted instanceof Element)) return false;
  if (!old.matches('.code-block') || !wanted.matches('.code-block') || old.textContent !== wanted.textContent)
    return false;
  old.querySelector('code')!.replaceChildren(...wanted.querySelector('code')!.childNodes);
  return true;
}
