/** What keys do, by their names. */
export type Keys = Readonly<Record<string, () => void>>;

/** Listens for single keys, unless a person writes, or a dialog is open. */
export function listen(keys: Keys): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.closest('input, select, textarea, dialog')) return;
    const does = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (!does) return;
    event.preventDefault();
    does();
  });
}
