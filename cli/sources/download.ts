import { Fault } from '../../charts/fault.ts';
import type { Place } from './unpack.ts';

/** Limits of a download. */
export interface Limits {
  /** No byte for so long means that the server has stalled. */
  readonly stallMs: number;
  readonly bytes: number;
}

/** Far beyond any chart, and beyond the index of a repository with all versions of thousands of charts. */
export const LIMITS: Limits = { stallMs: 30_000, bytes: 64 * 1024 * 1024 };

/**
 * Downloads a file into memory.
 *
 * @throws Fault if the server cannot be reached, has no such file, stalls, or sends more than the limit
 */
export async function download(url: string, place: Place, limits = LIMITS): Promise<Buffer> {
  const abort = new AbortController();
  const stalled = new Error(`no data for ${limits.stallMs / 1000} s`);
  let timer = setTimeout(() => abort.abort(stalled), limits.stallMs);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok) throw refused(url, response, place);
    for await (const chunk of response.body ?? []) {
      timer = timer.refresh();
      size += chunk.byteLength;
      if (size > limits.bytes) throw tooLarge(url, limits, place);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault({
      what: `${url} cannot be downloaded`,
      ...place,
      seen: reasonOf(error),
      fix: 'check the address and the way of this machine to the Internet, and try again: what was fetched before is kept',
    });
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

function refused(url: string, { status, statusText }: Response, place: Place): Fault {
  return new Fault({
    what: `the server does not have ${url}`,
    ...place,
    seen: `${status} ${statusText}`.trim(),
    fix:
      status === 404
        ? 'correct the package, the version or the asset of the pin'
        : 'try again later, or check that no credentials are needed',
  });
}

function tooLarge(url: string, { bytes }: Limits, place: Place): Fault {
  return new Fault({
    what: `${url} is larger than ${bytes / 1024 / 1024} MiB`,
    ...place,
    fix: 'pin a smaller archive, such as a release asset that has only the manifests',
  });
}

/** What Node says is in the cause: `connect ECONNREFUSED 127.0.0.1:80`. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message ? cause.message : message;
}
