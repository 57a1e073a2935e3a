/** What a reader chose; it is in the hash of the address, and nowhere else. */
export interface State {
  readonly search: string;
  readonly severity: readonly string[];
  readonly verdict: readonly string[];
  readonly cluster: string;
  readonly application: string;
  readonly noise: boolean;
  readonly side: boolean;
  /** Empty for that of the system. */
  readonly theme: '' | 'light' | 'dark';
  /** The change that was opened last, by its position in the plan. */
  readonly at: number | undefined;
}

/** The state that a hash describes. What it does not know has its default, so that any hash has a meaning. */
export function stateOf(hash: string): State {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  const text = (name: string): string => values.get(name) ?? '';
  const list = (name: string): string[] => text(name).split(',').filter(Boolean);
  const theme = text('theme');
  return {
    search: text('search'),
    severity: list('severity'),
    verdict: list('verdict'),
    cluster: text('cluster'),
    application: text('application'),
    noise: values.has('noise'),
    side: values.has('side'),
    theme: theme === 'light' || theme === 'dark' ? theme : '',
    at: /^\d+$/.test(text('at')) ? Number(text('at')) : undefined,
  };
}

/** The hash of a state, without what has its default; `#` if all has. */
export function hashOf(state: State): string {
  const values = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    const text = value === true ? '1' : value === false || value === undefined ? '' : String(value);
    if (text !== '') values.set(name, text);
  }
  return `#${values.toString().replaceAll('%2C', ',')}`;
}
