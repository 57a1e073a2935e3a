import { z } from 'zod';

/** `git@host:path`: SSH as scp writes it. */
const SCP = /^[\w.-]+@[\w.-]+:(?!\/\/)[^\s:]+$/;

const PROTOCOLS = new Set(['https:', 'ssh:', 'file:']);

/** What Git forbids in the name of a branch or a tag. */
const NO_REVISION = /^[-/.]|[/.]$|\.\.|@\{|\/\/|\.lock(\/|$)|[\s~^:?*[\\]/;

/** What every cluster syncs from, as Argo CD takes it. */
export const repositorySchema = z.strictObject({
  url: z.string().superRefine((url, context) => {
    const message = SCP.test(url) ? undefined : faultOf(url);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  }),
  revision: z
    .string()
    .min(1, 'must name a branch, a tag or a commit')
    .refine((revision) => !NO_REVISION.test(revision), 'must be the name of a branch or a tag, or a commit'),
});

/** What is wrong with a URL; undefined if nothing is. */
function faultOf(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || /\s/.test(url) || !PROTOCOLS.has(parsed.protocol))
    return 'must be the URL of a Git repository: https://…, ssh://…, git@host:path, or file:///… on a laptop';
  if (parsed.password !== '') return 'must have no password: Argo CD keeps credentials in a Secret';
  if (parsed.pathname.replaceAll('/', '') === '') return 'must have the path of the repository';
  return undefined;
}

/** The address of a file of the repository for people, as GitHub and GitLab show it; its path if it is on a laptop. */
export function addressOf({ url, revision }: z.output<typeof repositorySchema>, path: string): string {
  const address = SCP.test(url) ? `ssh://${url.replace(/:\/?/, '/')}` : url;
  const { protocol, host, hostname, pathname } = new URL(address);
  if (protocol === 'file:') return path;
  // The port of SSH is not that of the pages. Forges have hosts of their own for SSH at port 443.
  const forge = protocol === 'https:' ? host : hostname.replace(/^(alt)?ssh\./, '');
  const folder = pathname.replace(/\/*$/, '').replace(/\.git$/, '');
  const blob = /(^|\.)gitlab\./.test(forge) ? '-/blob' : 'blob';
  return `https://${forge}${folder}/${blob}/${revision.split('/').map(encodeURIComponent).join('/')}/${path}`;
}
