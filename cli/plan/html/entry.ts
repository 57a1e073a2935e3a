import { compareSeverities, type Entry, type Finding, VERDICTS } from '../../../charts/plan/model.ts';
import { fieldOf } from './field.ts';
import { markup, type Markup } from './markup.ts';

/** Clusters that are named beside an object; more are counted, and named inside. */
const FEW = 2;
/** Paths that are named where no rule says anything. */
const FEW_PATHS = 3;

/** One change of one object, closed. @param index its position in the plan, by which the data are found */
export function entryOf(entry: Entry, index: number): Markup {
  const { severity, verdict, object, clusters } = entry;
  const [, kind = '', name = object] = /^(\S+) (.*)$/s.exec(object) ?? [];
  return markup`<details class="entry ${severity}${verdict === 'same' && ' noise'}" id="change-${index}">
<summary>
<span class="severity ${severity}">${severity}</span>
<span class="verdict" title="${VERDICTS[verdict]}">${verdict}</span>
<span class="object"><span class="kind">${kind}</span> <b>${name}</b></span>
<span class="where">${clusters.length > FEW ? `${clusters.length} clusters` : clusters.join(', ')}</span>
${gist(entry)}
</summary>
<div class="body">
${clusters.length > FEW && markup`<p class="clusters">${clusters.join(', ')}</p>`}
<p class="means">${VERDICTS[verdict]}</p>
${entry.findings.length > 0 && markup`<ul class="findings">${entry.findings.map(findingOf)}</ul>`}
${listOf('Goes with it', entry.takes)}
${listOf('Stays', entry.keeps)}
${entry.fields.map(fieldOf)}
</div>
</details>
`;
}

/** The worst of what is said and not accepted, or else what changes, in one line. */
function gist({ findings, fields }: Entry): Markup | undefined {
  const open = findings.filter(({ accepted }) => !accepted);
  const [worst] = open.toSorted((one, other) => compareSeverities(one.severity, other.severity));
  if (worst)
    return markup`<span class="gist">${worst.says}${open.length > 1 && ` (and ${open.length - 1} more)`}</span>`;
  const paths = fields.filter(({ noise }) => !noise).map(({ path }) => path);
  if (paths.length === 0) return undefined;
  const more = paths.length - FEW_PATHS;
  return markup`<span class="gist paths">${paths.slice(0, FEW_PATHS).join(', ')}${more > 0 && `, and ${more} more`}</span>`;
}

function findingOf({ rule, severity, path, says, instead, accepted }: Finding): Markup {
  return markup`<li class="${accepted && 'accepted'}">
<span class="severity ${severity}">${severity}</span> <span class="says">${says}</span> <code class="rule">${rule}</code>
${path !== undefined && markup`<p class="at"><code>${path}</code></p>`}
${instead !== undefined && markup`<p><b>Instead:</b> ${instead}</p>`}
${accepted && markup`<p><b>Accepted</b> until <time datetime="${accepted.until}">${accepted.until}</time>: ${accepted.because}</p>`}
</li>
`;
}

function listOf(title: string, objects: readonly string[] = []): Markup | undefined {
  if (objects.length === 0) return undefined;
  return markup`<div class="objects"><p><b>${title}</b> (${objects.length})</p><ul>${objects.map(
    (object) => markup`<li>${object}</li>`,
  )}</ul></div>`;
}
