import { compareSeverities, type Entry, type Finding, VERDICTS } from '../../../charts/plan/model.ts';
import { seenOf } from '../words.ts';
import { fieldOf } from './field.ts';
import { markup, type Markup } from './markup.ts';
import { prose } from './prose.ts';

/** Clusters that are named beside an object; more are counted, and named inside. */
const FEW = 2;
/** Paths that are named where no rule says anything. */
const FEW_PATHS = 3;

/** What an entry is shown with. */
export interface Frame {
  /** How many clusters were compared. */
  readonly clusters: number;
  /** True if the script is to add what is inside of an entry when it is opened; without a script it is there. */
  readonly folded: boolean;
}

/** One change of one object, closed. @param index its position in the plan, by which the data are found */
export function entryOf(entry: Entry, index: number, frame: Frame): Markup {
  const { severity, verdict, object, clusters } = entry;
  const body = bodyOf(entry, frame.clusters);
  const [, kind = '', name = object] = /^(\S+) (.*)$/s.exec(object) ?? [];
  return markup`<details class="entry ${severity}${verdict === 'same' && ' noise'}" id="change-${index}">
<summary>
<span class="severity ${severity}">${severity}</span>
<span class="verdict" title="${VERDICTS[verdict]}">${verdict}</span>
<span class="object"><span class="kind">${kind}</span> <b>${name}</b></span>
<span class="where">${where(clusters, frame.clusters)}${seenIn(entry)}</span>
${gist(entry)}
</summary>
${frame.folded ? markup`<noscript>${body}</noscript>` : body}
</details>
`;
}

function bodyOf({ verdict, clusters, findings, takes, keeps, fields }: Entry, of: number): Markup {
  const named = clusters.length > FEW && clusters.length < of;
  return markup`<div class="body">
<p class="means">${VERDICTS[verdict]}${named && markup` <span class="clusters">${clusters.join(', ')}</span>`}</p>
${findings.length > 0 && markup`<ul class="findings">${findings.map(findingOf)}</ul>`}
${listOf('Goes with it', takes)}
${listOf('Stays', keeps)}
${fields.map(fieldOf)}
</div>
`;
}

function seenIn(entry: Entry): Markup | undefined {
  const text = seenOf(entry);
  return text === undefined
    ? undefined
    : markup`<span class="seen${entry.seen?.cluster === undefined && ' new'}">${text}</span>`;
}

function where(clusters: readonly string[], of: number): string {
  if (clusters.length <= FEW) return clusters.join(', ');
  return clusters.length === of ? `all ${of} clusters` : `${clusters.length} of ${of} clusters`;
}

/** The worst of what is said and not accepted, or else what changes, in one line. */
function gist({ findings, fields }: Entry): Markup | undefined {
  const open = findings.filter(({ accepted }) => !accepted);
  const [worst] = open.toSorted((one, other) => compareSeverities(one.severity, other.severity));
  if (worst)
    return markup`<span class="gist">${prose(worst.says)}${open.length > 1 && ` (and ${open.length - 1} more)`}</span>`;
  const paths = fields.filter(({ noise }) => !noise).map(({ path }) => path);
  if (paths.length === 0) return undefined;
  const more = paths.length - FEW_PATHS;
  return markup`<span class="gist paths">${paths.slice(0, FEW_PATHS).join(', ')}${more > 0 && `, and ${more} more`}</span>`;
}

/** What a rule says, with its rule and place. */
export function findingOf({ rule, severity, path, says, instead, accepted }: Finding): Markup {
  return markup`<li class="${accepted && 'accepted'}">
<p><span class="severity ${severity}">${severity}</span> <span class="says">${prose(says)}</span></p>
<p class="at"><code>${rule}</code>${path !== undefined && markup` <code>${path}</code>`}</p>
${instead !== undefined && markup`<p><b>Instead:</b> ${prose(instead)}</p>`}
${accepted && markup`<p><b>Accepted</b> until <time datetime="${accepted.until}">${accepted.until}</time>: ${prose(accepted.because)}</p>`}
</li>
`;
}

function listOf(title: string, objects: readonly string[] = []): Markup | undefined {
  if (objects.length === 0) return undefined;
  return markup`<div class="objects"><p><b>${title}</b> (${objects.length})</p><ul>${objects.map(
    (object) => markup`<li>${object}</li>`,
  )}</ul></div>`;
}
