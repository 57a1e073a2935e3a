import type { k8s } from 'cdk8s-plus-28';
import { completing, Fault, type Problem, suggest, throwIfAny } from '../fault.ts';
import type { ComponentPins } from '../pins.ts';
import {
  type ProjectName,
  UPSTREAM_FACTS,
  type UpstreamFacts,
  type UpstreamKind,
  type UpstreamRole,
  type UpstreamVersion,
} from './facts.ts';
import { UPSTREAM_PROJECTS } from './projects.ts';
import { type Addition, added, isContained, type Removal, rightsOf, rulesOf, without, withoutEffect } from './rules.ts';
import { type WebhookRemoval, webhookRules } from './webhooks.ts';

/** Differences to what upstream asks for, each with its reason. */
export interface Differences {
  readonly without?: readonly Removal[];
  readonly with?: readonly Addition[];
}

/**
 * What a project asks for at the pinned version. Components say what they leave out of it, not what they take: what a
 * new version asks for is granted, or reported, but never silently absent.
 */
export class Upstream {
  readonly project: ProjectName;
  private readonly version: UpstreamVersion;
  /** The facts of every version in use: a removal may be about one of them only. */
  private readonly all: readonly UpstreamVersion[];
  private readonly settled = new Set<string>();

  /** @throws Fault if the facts of the version are not known, with how to get them */
  constructor(project: ProjectName, pinned: string, facts: UpstreamFacts = UPSTREAM_FACTS[project]) {
    const version = facts[pinned];
    if (!version)
      throw new Fault({
        what: `the rights that ${project} ${pinned} asks for are not known`,
        seen: `charts/upstream/${project}.json has those of ${Object.keys(facts).join(', ') || 'no version'}`,
        fix: `run \`npx slipway upstream ${project} --write\`, and review what has changed: a removal that removes nothing more is an error, a new right is granted`,
      });
    this.project = project;
    this.version = version;
    this.all = Object.values(facts);
  }

  /**
   * The rules of roles together, without and with some.
   *
   * @throws Fault if there is no such role, a removal removes nothing, or an addition is part of them
   */
  rules(
    roles: readonly string[],
    { without: removals = [], with: additions = [] }: Differences = {},
  ): k8s.PolicyRule[] {
    for (const role of roles) this.settled.add(this.role(role).name);
    const ofVersion = ({ roles: known }: UpstreamVersion) =>
      rightsOf(known.filter(({ name }) => roles.includes(name)).flatMap(({ rules }) => rules));
    const versions = this.all.map(ofVersion);
    throwIfAny([
      ...removals.flatMap((removal): Problem[] =>
        common(versions.map((rights) => withoutEffect(rights, removal))).map((part) =>
          this.problem(`${part} is removed from the roles ${roles.join(', ')}, which do not have it`, removal.because),
        ),
      ),
      ...additions.flatMap((addition): Problem[] =>
        added(addition).every((right) => versions.every((rights) => isContained(right, rights)))
          ? [this.problem(`${addition.resources.join(', ')} is added to rights that have it`, addition.because)]
          : [],
      ),
    ]);
    const rest = removals.reduce(without, ofVersion(this.version));
    return mutable(rulesOf(rightsOf(rulesOf([...rest, ...additions.flatMap(added)]))));
  }

  /** The roles that are aggregated to those of people, with their rules. */
  rolesOfPeople(
    differences: Differences = {},
  ): { name: string; aggregatedTo: readonly string[]; rules: k8s.PolicyRule[] }[] {
    const roles = this.version.roles.filter(({ aggregatedTo = [] }) => aggregatedTo.length > 0);
    const every = this.rules(
      roles.map(({ name }) => name),
      differences,
    );
    const permitted = rightsOf(every);
    return roles.map(({ name, aggregatedTo = [], rules }) => ({
      name,
      aggregatedTo,
      rules: mutable(rulesOf(rightsOf(rules).filter((right) => isContained(right, permitted)))),
    }));
  }

  /** What a webhook is called for; `*` stands for the kinds that the definitions bring. */
  webhook(name: string, removals: readonly WebhookRemoval[] = []): k8s.RuleWithOperations[] {
    const found = this.version.webhooks.filter((webhook) => webhookKey(webhook) === name);
    if (found.length === 0)
      throw new Fault({
        what: `${this.project} has no such webhook`,
        seen: name,
        fix: suggest(name, this.version.webhooks.map(webhookKey)),
      });
    this.settled.add(name);
    return webhookRules(
      found.flatMap(({ rules }) => rules),
      this.version.kinds,
      removals,
    );
  }

  /** The resources of a group that the definitions bring. */
  kinds(group: string): string[] {
    return this.version.kinds.flatMap((kind) => (kind.group === group ? [kind.resource] : []));
  }

  /** Says of a role or webhook that nothing here needs it. */
  leaveOut(names: readonly string[], because: string): void {
    if (because === '') throw new Error('a reason is missing');
    for (const name of names) {
      if (!this.all.some((version) => namesOf(version).includes(name)))
        throw new Fault(this.problem(`${name} is left out, which upstream does not have`, because));
      this.settled.add(name);
    }
  }

  /** @throws Fault naming each role and webhook of upstream that is neither used nor left out */
  checkSettled(): void {
    throwIfAny(
      namesOf(this.version)
        .filter((name) => !this.settled.has(name))
        .map((name) => ({
          what: `${this.project} brings ${name}, which its component neither uses nor leaves out`,
          where: `charts/upstream/${this.project}.json`,
          fix: `use it in charts/components/${this.project}/, or leave it out there, with a reason`,
        })),
    );
  }

  private role(name: string): UpstreamRole {
    const role = this.version.roles.find((one) => one.name === name);
    if (role) return role;
    throw new Fault({
      what: `${this.project} has no such role`,
      where: `charts/upstream/${this.project}.json`,
      seen: name,
      fix: suggest(
        name,
        this.version.roles.map((one) => one.name),
      ),
    });
  }

  private problem(what: string, because: string): Problem {
    return {
      what: `${this.project}: ${what}`,
      where: `charts/components/${this.project}/, the difference "${because}"`,
      fix: 'remove this difference: upstream has changed',
    };
  }
}

/** The facts of a project at the version that a cluster pins. @throws Fault if there is no such pin, or no such facts */
export function upstreamOf(project: ProjectName, pins: ComponentPins): Upstream {
  const pin = UPSTREAM_PROJECTS.find(({ name }) => name === project)?.pin ?? project;
  const { version, file } = pins.version(pin);
  return completing(
    (problem) => ({ ...problem, file }),
    () => new Upstream(project, version),
  );
}

/** The kinds that the definitions of all projects bring, in every version in use. */
export function upstreamKinds(): UpstreamKind[] {
  const kinds = Object.values<UpstreamFacts>(UPSTREAM_FACTS).flatMap((facts) =>
    Object.values(facts).flatMap((version) => version.kinds),
  );
  return [...new Map(kinds.map((kind) => [`${kind.group}/${kind.resource}`, kind])).values()];
}

function webhookKey({ configuration, name }: UpstreamVersion['webhooks'][number]): string {
  return `${configuration} ${name}`;
}

function namesOf({ roles, webhooks }: UpstreamVersion): string[] {
  return [...roles.map(({ name }) => name), ...webhooks.map(webhookKey)];
}

/** The texts that all lists have. */
function common(lists: readonly (readonly string[])[]): string[] {
  return (lists[0] ?? []).filter((text) => lists.every((list) => list.includes(text)));
}

function mutable(rules: ReturnType<typeof rulesOf>): k8s.PolicyRule[] {
  return rules.map(
    // The name that cdk8s has for URLs.
    ({ nonResourceURLs, ...rule }) =>
      ({
        ...structuredClone(rule),
        ...(nonResourceURLs && { nonResourceUrLs: nonResourceURLs.slice() }),
      }) as k8s.PolicyRule,
  );
}
