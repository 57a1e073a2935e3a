import { all } from './elements.ts';

/** Side by side, lines that stay are in both columns; they are doubled only when somebody looks. */
export function twin(within: ParentNode): void {
  for (const same of all('.same', within)) {
    if (same.childElementCount !== 1) continue;
    const copy = same.firstElementChild!.cloneNode(true) as Element;
    copy.setAttribute('aria-hidden', 'true');
    copy.classList.add('twin');
    same.append(copy);
  }
}
