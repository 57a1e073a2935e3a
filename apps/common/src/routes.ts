import type { Express } from 'express';

interface Route {
  readonly template: string;
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

/** The routes of an Express application by path, for requests that none of them answered. */
export class Routes {
  private known: readonly Route[] | undefined;

  constructor(private readonly express: Express) {}

  /** Template of the first route at a path, such as `/restaurants/:id`, whatever its method. */
  templateAt(path: string): string | undefined {
    return this.all().find(({ pattern }) => pattern.test(path))?.template;
  }

  /** Methods that a path allows, those of all routes for `*`; none if there is no such path. */
  methodsAt(path: string): readonly string[] {
    const methods = this.all().flatMap((route) => (path === '*' || route.pattern.test(path) ? route.methods : []));
    if (methods.length === 0) return [];
    // Express answers HEAD by the route of GET.
    return [...new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].toSorted();
  }

  /** Read once, when all have been added. */
  private all(): readonly Route[] {
    return (this.known ??= this.express.router.stack.flatMap(({ route }) =>
      route
        ? {
            template: route.path,
            pattern: patternOf(route.path),
            methods: route.stack.map(({ method }) => method.toUpperCase()),
          }
        : [],
    ));
  }
}

/** As Express matches by default: in any case, with or without a trailing slash. */
function patternOf(template: string): RegExp {
  const parts = template
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)));
  return new RegExp(`^${parts.join('/')}/?$`, 'i');
}

/** Path of a request's target, without the query, and without the origin that a proxy's request may have. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  return path.startsWith('/') ? path : path.replace(/^https?:\/\/[^/]*(?=\/|$)/i, '') || '/';
}
