import { useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent } from 'react';

export const ROOT = '/console';

export interface Place {
  /** Below /console, without slashes at its ends. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

const currentHref = (): string => location.pathname + location.search;

export function usePlace(): Place {
  const href = useSyncExternalStore(subscribe, currentHref);
  const [pathname = '', search = ''] = href.split('?', 2);
  const path = withoutSlashes(pathname.slice(ROOT.length));
  return { path, query: new URLSearchParams(search) };
}

/** None at the beginning, none at the end. */
function withoutSlashes(path: string): string {
  let start = 0;
  let end = path.length;
  while (path[start] === '/') start += 1;
  while (end > start && path[end - 1] === '/') end -= 1;
  return path.slice(start, end);
}

/** @param to below /console, such as "accounts/17" */
export function go(to: string, options: { readonly replace?: boolean } = {}): void {
  const href = hrefOf(to);
  if (options.replace) history.replaceState(null, '', href);
  else {
    history.pushState(null, '', href);
    scrollTo(0, 0);
  }
  for (const listener of listeners) listener();
}

export function hrefOf(to: string): string {
  return `${ROOT}/${to}`;
}

interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  readonly to: string;
}

/** A link within the console; with a modifier key it is an ordinary one. */
export function Link({ to, ...rest }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(to);
  };
  return <a href={hrefOf(to)} onClick={follow} {...rest} />;
}
