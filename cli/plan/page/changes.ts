import { all } from './elements.ts';

/** The changes of the page, in its order, which is the one that keys follow. */
export class Changes {
  readonly #all = all<HTMLDetailsElement>('details.entry');
  readonly #sections = all<HTMLElement>('.objects-of-wave, .group');
  #shown = this.#all;
  #last: HTMLDetailsElement | null = null;

  get shown(): readonly HTMLDetailsElement[] {
    return this.#shown;
  }

  /** The position in the plan of a change. */
  static position({ id }: Element): number {
    return Number(id.replace('change-', ''));
  }

  /** Shows those whose position is true, and headings that have some. */
  show(positions: readonly boolean[]): void {
    for (const change of this.#all) change.hidden = !positions[Changes.position(change)];
    this.#shown = this.#all.filter(({ hidden }) => !hidden);
    for (const section of this.#sections) section.hidden = section.querySelector('.entry:not([hidden])') === null;
  }

  /** The change with the focus, if there is one. */
  current(): HTMLDetailsElement | null {
    return document.activeElement?.closest<HTMLDetailsElement>('details.entry') ?? null;
  }

  /** The focus goes to the next one, or the one before, for which `wanted` is true. */
  move(by: 1 | -1, wanted: (change: HTMLDetailsElement) => boolean = () => true): void {
    // After a search or a filter, on from where the reader was.
    const current = this.current() ?? this.#last;
    const at = current ? this.#shown.indexOf(current) : -1;
    const ahead = by === 1 ? this.#shown.slice(at + 1) : this.#shown.slice(0, Math.max(at, 0)).toReversed();
    this.#focus(ahead.find(wanted));
  }

  /** Opens a change by its position, and shows it. */
  open(position: number): void {
    const change = this.#shown.find((one) => Changes.position(one) === position);
    if (!change) return;
    change.open = true;
    this.#focus(change);
    const show = (): void => change.scrollIntoView({ block: 'start' });
    show();
    // Changes above it have their real heights only once the browser has looked at them.
    requestAnimationFrame(() => requestAnimationFrame(show));
  }

  /** Opens all that are shown, or closes them. */
  openAll(open: boolean): void {
    for (const change of this.#shown) change.open = open;
  }

  #focus(change: HTMLDetailsElement | undefined): void {
    if (!change) return;
    this.#last = change;
    const summary = change.querySelector('summary');
    summary?.focus({ preventScroll: true });
    summary?.scrollIntoView({ block: 'nearest' });
  }
}
