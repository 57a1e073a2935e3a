import type { TreeSnapshot } from '../../../charts/plan/snapshot.ts';
import { pause } from '../api.ts';
import type { Lab } from '../lab.ts';
import { KINDS } from '../mirror.ts';
import type { Clone } from './clone.ts';
import { ApplicationLog, seconds } from './log.ts';
import { changesOf, objectsOf, treeOf, uidsOf } from './objects.ts';
import { restartsOf } from './pods.ts';
import type { Seen } from './report.ts';
import { Watch } from './watch.ts';

/** The two commits of a rehearsal. */
export interface Commits {
  readonly base: string;
  readonly head: string;
}

/** Seconds that the base may take to be Synced and Healthy: Argo CD compares again by itself twice in that time. */
const BASE_SECONDS = 420;
/** How often Argo CD is asked to compare again what it could not, instead of every few minutes. */
const COMPARE_MS = 8000;
/** So long nothing may happen before it counts as settled, and, with something to wait for, as stuck: longer than a comparison that Argo CD makes by itself. */
const STILL_MS = 5000;
const STUCK_MS = 240_000;
/** So long what there is nothing to wait for may go back and forth, and anything at all may take. */
const RESTLESS_MS = 60_000;
const END_MS = 600_000;
/** How often it says what it waits for. */
const PROGRESS_MS = 30_000;

/** Brings the base up in a lab that syncs from the clone, pushes HEAD, and says what happens. */
export async function runRehearsal(lab: Lab, clone: Clone, { base, head }: Commits): Promise<Seen> {
  const { cluster, say } = lab.props;
  const { api } = lab.plane;
  await lab.start();
  const progress = progressOf(say);
  const took = await lab.settled(BASE_SECONDS, (unsettled) => progress(unsettled));
  say(`the base is Synced and Healthy after ${took.toFixed(0)} s`);
  const was = treeOf(clone.dist(cluster.name));
  clone.checkout(head);
  const is = treeOf(clone.dist(cluster.name));
  const objects = objectsOf(was, is);
  const [uids, pods] = [await uidsOf(api, objects), await api.list(KINDS.pods)];
  const watch = new Watch(lab, new ApplicationLog(await api.list(KINDS.applications), objects));
  try {
    lab.publishUpstreams();
    watch.begin();
    lab.push(clone.folder);
    say('HEAD is pushed');
    const applications = is.ofKind('Application').map(({ manifest }) => manifest);
    const names = applications.map(({ metadata }) => metadata.name);
    const confirmed = await settle(
      lab,
      watch,
      names,
      changedApplications(clone, { base, head }, is, cluster.name),
      head,
    );
    const { log } = watch;
    const workloads = [...lab.mirror.all('deployments'), ...lab.mirror.all('statefulSets')];
    return {
      refusals: log.refusals(),
      restarts: restartsOf(pods, [...watch.pods.values()], workloads, objects),
      ...changesOf(objects, uids, await uidsOf(api, objects)),
      confirmed,
      waves: log.waves(applications),
      unsettled: log.unsettled(names),
      seconds: seconds(log.changedAt),
    };
  } finally {
    watch.end();
  }
}

function changedApplications(clone: Clone, { base, head }: Commits, is: TreeSnapshot, cluster: string): Set<string> {
  const names = [...clone.changedFolders(cluster, base, head)].map((folder) => is.applicationOf(folder));
  return new Set(names.filter((name) => is.application(name) !== undefined));
}

/**
 * Waits until nothing happens any more; meanwhile it confirms deletions, as a person would, and has Argo CD compare again what it
 * could not.
 *
 * @returns the Applications whose deletion it confirmed
 */
async function settle(
  { plane: { api }, props: { say } }: Lab,
  { log, elapsed }: Watch,
  names: readonly string[],
  changed: ReadonlySet<string>,
  head: string,
): Promise<string[]> {
  const annotated = new Map<string, number>();
  const confirmed = new Set<string>();
  const annotate = async (application: string, annotation: string, value: string, every: number): Promise<void> => {
    const key = `${annotation} ${application}`;
    if (elapsed() - (annotated.get(key) ?? log.changedAt) < every) return;
    annotated.set(key, elapsed());
    await api.merge(`/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${application}`, {
      metadata: { annotations: { [`argocd.argoproj.io/${annotation}`]: value } },
    });
    if (annotation === CONFIRM) confirmed.add(application);
  };
  const progress = progressOf(say);
  let doneAt: number | undefined;
  for (;;) {
    await pause(500);
    // As `argocd app confirm-deletion` does; it must be later than the deletion, which has whole seconds.
    for (const name of log.waitingToDelete()) await annotate(name, CONFIRM, new Date().toISOString(), 3000);
    for (const name of log.notCompared()) await annotate(name, 'refresh', 'normal', COMPARE_MS);
    const pending = log.pending(names, changed, head);
    progress(pending);
    doneAt = pending.length === 0 ? (doneAt ?? elapsed()) : undefined;
    const still = elapsed() - log.changedAt;
    const isDone = doneAt !== undefined && (still >= STILL_MS || elapsed() - doneAt >= RESTLESS_MS);
    if (isDone || still >= STUCK_MS || elapsed() >= END_MS) return [...confirmed];
  }
}

/** Says every now and then what is waited for, from half a minute on. */
function progressOf(say: (line: string) => void): (waitedFor: readonly string[]) => void {
  let saidAt = Date.now();
  return (waitedFor) => {
    if (waitedFor.length === 0 || Date.now() - saidAt < PROGRESS_MS) return;
    saidAt = Date.now();
    say(`waits for ${waitedFor.join('\n        ')}`);
  };
}

const CONFIRM = 'deletion-approved';
