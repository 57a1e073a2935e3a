import { Fault } from '../../charts/fault.ts';
import { KINDS } from '../../charts/kinds/index.ts';
import { misuse, select } from '../unknown.ts';
import { appended } from './literals.ts';
import { camel } from './named.ts';
import { type Sources, unexpected } from './sources.ts';

const INVARIANTS = 'test/invariants';
const MUTATIONS = `${INVARIANTS}/mutations`;

/** A rule of a team: each object of a kind has a field. */
export interface FieldRule {
  /** Of its file, and of what it exports. */
  readonly name: string;
  /** `Namespace`. */
  readonly kind: string;
  /** The field, by its path: `metadata.labels[acme.dev/owner]`. */
  readonly has: string;
}

/** The files of invariants, by topic. */
export function invariantsIn(sources: Sources): string[] {
  const files = sources.list(INVARIANTS).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return files.map((file) => file.slice(0, -'.ts'.length));
}

/**
 * Adds an invariant that each object of a kind has a field, and the mutation that proves that it fires: one object loses the field.
 *
 * @throws Fault for an unknown kind, and a path that is none
 */
export function addInvariant(sources: Sources, { name, kind: asked, has }: FieldRule): void {
  const [kind = ''] = select('no kind is called', [...new Set(KINDS.map((one) => one.kind))], [asked]);
  const path = stepsOf(has)
    .map((step) => `'${step}'`)
    .join(', ');
  const rule = camel(name);
  sources.write(
    `${INVARIANTS}/${name}.ts`,
    `import { at, label } from '../../charts/lib/manifest.ts';
import { ofKind } from '../lib/cluster-objects.ts';
import { invariant } from './invariant.ts';

/** Each ${kind} has ${has}. */
export const ${rule} = invariant('every ${kind} has ${has}', (cluster) =>
  ofKind(cluster, '${kind}')
    .filter((manifest) => at(manifest, ${path}) === undefined)
    .map((manifest) => \`\${label(manifest)} has no ${has}\`),
);
`,
  );
  sources.write(
    `${MUTATIONS}/${name}.ts`,
    `import { ${rule} } from '../${name}.ts';
import { type Mutation, mutations } from './mutation.ts';

/** A ${kind} that loses ${has}. */
export const ${rule}Mutations: readonly Mutation[] = mutations(${rule}, {
  '${kind} without ${has}': [
    (d) => d.drop(d.find('${kind}'), ${path}),
    /^${kind} .* has no ${has.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)}$/,
  ],
});
`,
  );
  listed(sources, `${INVARIANTS}/all.ts`, `import * as ${rule} from './${name}.ts';`, 'INVARIANTS', rule);
  listed(
    sources,
    `${MUTATIONS}/all.ts`,
    `import { ${rule}Mutations } from './${name}.ts';`,
    'MUTATIONS',
    `...${rule}Mutations`,
  );
}

/** Adds an element to the list that a constant holds, and the import that it needs. */
function listed(sources: Sources, file: string, from: string, list: string, element: string): void {
  sources.edit(file, (text) => {
    const edited = appended(text, list, element);
    if (edited === undefined) throw unexpected(file, `the list ${list}`);
    return `${from}\n${edited}`;
  });
}

/** The keys of a path: of `metadata.labels[acme.dev/owner]`, three. */
function stepsOf(path: string): string[] {
  const steps = [...path.matchAll(/(?:^|\.)([A-Za-z]\w*)|\[([^[\]']+)\]/g)];
  if (steps.length === 0 || steps.map(([whole]) => whole).join('') !== path)
    throw new Fault(misuse('that is no path of a field', path, 'such as metadata.labels[acme.dev/owner]'));
  return steps.map(([, name, key]) => name ?? key ?? '');
}
