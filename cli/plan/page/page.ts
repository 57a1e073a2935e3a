import type { Plan } from '../../../charts/plan/model.ts';
import { Changes } from './changes.ts';
import { all, press, required } from './elements.ts';
import { filterOf } from './filter.ts';
import { unfold } from './folded.ts';
import { listen } from './keys.ts';
import { twin } from './side.ts';
import { hashOf, type State, stateOf } from './state.ts';

// Before the body is read: what needs the script is shown, and noise is not.
document.documentElement.classList.add('scripted');
document.documentElement.dataset['theme'] = stateOf(location.hash).theme;
document.addEventListener('DOMContentLoaded', start);

function start(): void {
  const help = required(HTMLDialogElement, '#help');
  const form = document.querySelector<HTMLFormElement>('form.controls');
  // A plan without changes has nothing to filter.
  if (form) new Page(form, help);
}

/** Keeps the page as its state says, and the state in the address. */
class Page {
  readonly #form: HTMLFormElement;
  readonly #help: HTMLDialogElement;
  readonly #changes = new Changes();
  readonly #plan = JSON.parse(required(HTMLScriptElement, '#plan').text) as Plan;
  readonly #filter = filterOf(this.#plan);
  #state = stateOf(location.hash);

  constructor(form: HTMLFormElement, help: HTMLDialogElement) {
    this.#form = form;
    this.#help = help;
    this.#apply();
    if (this.#state.at !== undefined) this.#changes.open(this.#state.at);
    this.#listen();
  }

  #listen(): void {
    this.#form.addEventListener('submit', (event) => event.preventDefault());
    this.#form.addEventListener('input', () => this.#set(this.#chosen()));
    this.#search.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#leaveSearch();
    });
    document.addEventListener('click', ({ target }) => {
      const button = target instanceof Element ? target.closest('button') : null;
      if (button) this.#pressed(button);
    });
    // The event does not bubble.
    document.addEventListener('toggle', ({ target }) => this.#toggled(target), true);
    addEventListener('hashchange', () => this.#come());
    // Paper has all that is shown, open.
    addEventListener('beforeprint', () => this.#changes.shown.forEach(unfold));
    listen({
      '/': () => this.#search.select(),
      j: () => this.#changes.move(1),
      k: () => this.#changes.move(-1),
      d: () => this.#changes.move(1, ({ classList }) => classList.contains('danger') || classList.contains('block')),
      o: () => this.#toggleCurrent(),
      e: () => this.#openAll(),
      s: () => this.#set({ side: !this.#state.side }),
      '?': () => this.#help.showModal(),
      Escape: () => this.#blur(),
    });
  }

  get #search(): HTMLInputElement {
    return this.#field('search') as HTMLInputElement;
  }

  #field(name: string): HTMLInputElement | HTMLSelectElement {
    return this.#form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
  }

  /** What the fields of the form say. */
  #chosen(): Partial<State> {
    return {
      search: this.#search.value,
      cluster: this.#field('cluster').value,
      application: this.#field('application').value,
    };
  }

  #pressed({ name, value }: HTMLButtonElement): void {
    const { severity, verdict } = this.#state;
    const does: Record<string, () => void> = {
      severity: () => this.#set({ severity: toggled(severity, value) }),
      verdict: () => this.#set({ verdict: toggled(verdict, value) }),
      side: () => this.#set({ side: !this.#state.side }),
      noise: () => this.#set({ noise: !this.#state.noise }),
      theme: () => this.#set({ theme: isDark() ? 'light' : 'dark' }),
      open: () => this.#openAll(),
      help: () => this.#help.showModal(),
      reset: () => this.#reset(),
    };
    does[name]?.();
  }

  #set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    this.#apply();
    history.replaceState(null, '', hashOf(this.#state));
  }

  #reset(): void {
    this.#set({ search: '', severity: [], verdict: [], cluster: '', application: '' });
    this.#search.focus();
  }

  /** Another hash, from a link or by hand. */
  #come(): void {
    this.#state = stateOf(location.hash);
    this.#apply();
    if (this.#state.at !== undefined) this.#changes.open(this.#state.at);
  }

  #apply(): void {
    const { search, severity, verdict, cluster, application, noise, side, theme } = this.#state;
    const root = document.documentElement;
    root.dataset['theme'] = theme;
    root.classList.toggle('with-noise', noise);
    root.classList.toggle('side', side);
    this.#fill({ search, cluster, application });
    for (const button of all<HTMLButtonElement>('.counts button'))
      press(button, (button.name === 'severity' ? severity : verdict).includes(button.value));
    for (const [name, pressed] of Object.entries({ side, noise, theme: isDark() })) press(this.#button(name), pressed);
    this.#changes.show(this.#filter(this.#state));
    this.#report();
    if (side) for (const change of all('details.entry[open]')) twin(change);
  }

  #fill(values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) {
      const field = this.#field(name);
      if (field.value !== value) field.value = value;
    }
  }

  #button(name: string): Element | null {
    return this.#form.querySelector(`button[name="${name}"]`);
  }

  /** Says how many changes are shown. */
  #report(): void {
    const { length } = this.#changes.shown;
    const { search, severity, verdict, cluster, application } = this.#state;
    const narrowed = [search, cluster, application, ...severity, ...verdict].some(Boolean);
    required(HTMLOutputElement, 'output').textContent =
      `${length.toLocaleString('en')} of ${this.#total().toLocaleString('en')}`;
    required(HTMLElement, 'button[name="reset"]').hidden = !narrowed;
    required(HTMLElement, '.nothing').hidden = length > 0;
  }

  #total(): number {
    return this.#plan.entries.filter(({ verdict }) => this.#state.noise || verdict !== 'same').length;
  }

  #toggled(target: EventTarget | null): void {
    if (!(target instanceof HTMLDetailsElement)) return;
    if (target.open) unfold(target);
    if (target.open && this.#state.side) twin(target);
    if (target !== this.#changes.current()) return;
    const at = target.open ? Changes.position(target) : undefined;
    this.#state = { ...this.#state, at };
    history.replaceState(null, '', hashOf(this.#state));
  }

  #toggleCurrent(): void {
    const current = this.#changes.current();
    if (current) current.open = !current.open;
  }

  #openAll(): void {
    const button = this.#button('open');
    const open = button?.getAttribute('aria-pressed') !== 'true';
    press(button, open);
    this.#changes.openAll(open);
  }

  #leaveSearch(): void {
    this.#set({ search: '' });
    this.#search.blur();
  }

  #blur(): void {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }
}

function toggled(values: readonly string[], value: string): string[] {
  return values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
}

function isDark(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}
