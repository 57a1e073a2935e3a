import { z } from 'zod';
import type { Repository } from '../applications.ts';
import { branchesOf, CLUSTER } from './published.ts';
import { signaturesSchema } from './signatures.ts';

/** `git@host:path`: SSH as scp writes it. */
const SCP = /^[\w.-]+@[\w.-]+:(?!\/\/)[^\s:]+$/;

const PROTOCOLS = new Set(['https:', 'ssh:', 'file:']);

/** What Git forbids in the name of a branch or a tag. */
const NO_REVISION = /^[-/.]|[/.]$|\.\.|@\{|\/\/|\.lock(\/|$)|[\s~^:?*[\\]/;

const revision = z
  .string()
  .min(1, 'must name a branch, a tag or a commit')
  .refine((name) => !NO_REVISION.test(name), 'must be the name of a branch or a tag, or a commit');

const published = z.strictObject({
  url: z.string().superRefine(refine(placeholderFault)).superRefine(refine(urlOfClusters)).optional(),
  revision: revision.superRefine(refine(placeholderFault)).optional(),
});

/** What every cluster syncs from, as Argo CD takes it. */
export const repositorySchema = z
  .strictObject({
    url: z.string().superRefine(refine(faultOf)),
    revision,
    published: published.optional(),
    signatures: signaturesSchema.optional(),
  })
  .superRefine((repository, context) => {
    const message = publishedFault(repository);
    if (message !== undefined) context.addIssue({ code: 'custom', message, path: ['published'] });
  });

/** Reports what a function says is wrong with a text, if anything is. */
function refine(fault: (text: string) => string | undefined): (text: string, context: z.RefinementCtx) => void {
  return (text, context) => {
    const message = fault(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  };
}

function placeholderFault(text: string): string | undefined {
  return /[{}]/.test(text.replaceAll(CLUSTER, ''))
    ? `must have no placeholder but ${CLUSTER}, which stands for the name of a cluster`
    : undefined;
}

function urlOfClusters(url: string): string | undefined {
  return faultOf(url.replaceAll(CLUSTER, 'cluster'));
}

/** What is wrong with where dist is published, given where it is written. */
function publishedFault({ url, revision: written, published: to }: Repository): string | undefined {
  if (to === undefined) return undefined;
  if (![to.url, to.revision].some((text) => text?.includes(CLUSTER)))
    return `must have ${CLUSTER} in its url or its revision: each cluster syncs from what is its own`;
  if (to.url !== undefined && to.url !== url) return undefined;
  const branch = to.revision ?? '';
  return branch.startsWith(`${written}/`) || branchesOf(branch).test(written)
    ? `must have a revision that cannot be "${written}", nor below it: clusters/${CLUSTER}`
    : undefined;
}

/** What is wrong with a URL; undefined if nothing is. */
function faultOf(url: string): string | undefined {
  if (SCP.test(url)) return undefined;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || /\s/.test(url) || !PROTOCOLS.has(parsed.protocol))
    return 'must be the URL of a Git repository: https://…, ssh://…, git@host:path, or file:///… on a laptop';
  if (parsed.password !== '') return 'must have no password: Argo CD keeps credentials in a Secret';
  if (parsed.pathname.replaceAll('/', '') === '') return 'must have the path of the repository';
  return undefined;
}

/** The address of a file of the repository for people, as GitHub and GitLab show it; its path if it is on a laptop. */
export function addressOf({ url, revision: at }: Repository, path: string): string {
  const address = SCP.test(url) ? `ssh://${url.replace(/:\/?/, '/')}` : url;
  const { protocol, host, hostname, pathname } = new URL(address);
  if (protocol === 'file:') return path;
  // The port of SSH is not that of the pages. Forges have hosts of their own for SSH at port 443.
  const forge = protocol === 'https:' ? host : hostname.replace(/^(alt)?ssh\./, '');
  const folder = pathname.replace(/\/*$/, '').replace(/\.git$/, '');
  const blob = /(^|\.)gitlab\./.test(forge) ? '-/blob' : 'blob';
  return `https://${forge}${folder}/${blob}/${at.split('/').map(encodeURIComponent).join('/')}/${path}`;
}
