import { z } from 'zod';
import { aks, aksFacts, aksOwnership } from './aks.ts';
import type { Cloud, ClusterName } from './cloud.ts';
import { eks, eksFacts, eksOwnership } from './eks.ts';
import { genericFacts } from './generic/facts.ts';
import { generic } from './generic/generic.ts';
import { genericOwnership } from './generic/ownership.ts';
import { kind, kindFacts } from './kind.ts';
import { type OwnFact, ownFacts, type Ownership } from './ownership.ts';

export type FactsSource = 'terraform' | 'people';

/** A kind of cloud. */
export interface CloudType<Facts> {
  /** What facts.json must hold. */
  readonly facts: z.ZodType<Facts>;
  /** Who writes facts.json: `slipway facts`, from the outputs of a Terraform root that has their names, or people. */
  readonly factsFrom: FactsSource;
  /**
   * The longest name of a cluster, in characters: names in the cloud are the organization, of at least one, a hyphen and
   * it. @default that of every cluster
   */
  readonly longestName?: number;
  /** The cloud of a cluster with these facts. */
  readonly create: (cluster: ClusterName, facts: Facts) => Cloud;
  /** Which facts no two clusters may have. */
  readonly ownership: Ownership<Facts>;
}

/** Every kind of cloud, by the name that a cluster file says. Another one is a file beside these, and a line here. */
export const clouds = {
  kind: { facts: kindFacts, factsFrom: 'terraform', create: kind, ownership: {} },
  // Key Vaults have up to 24 characters.
  aks: { facts: aksFacts, factsFrom: 'terraform', longestName: 22, create: aks, ownership: aksOwnership },
  // Roles have up to 64, of which the names of components take some.
  eks: { facts: eksFacts, factsFrom: 'terraform', longestName: 38, create: eks, ownership: eksOwnership },
  generic: { facts: genericFacts, factsFrom: 'people', create: generic, ownership: genericOwnership },
} as const;

export type CloudName = keyof typeof clouds;

/** Checked facts, by the name of their cloud. */
export type FactsByCloud = { readonly [Name in CloudName]: z.output<(typeof clouds)[Name]['facts']> };

// The same table, in the form that keeps the facts of each cloud with its own functions.
const types: { readonly [Name in CloudName]: CloudType<FactsByCloud[Name]> } = clouds;

/** For schemas: the names of all clouds. */
export const cloudName = z.enum(Object.keys(clouds) as [CloudName, ...CloudName[]], {
  error: 'any other cluster is generic, by facts that people write: docs/add-a-cloud.md',
});

/** The schema of a cloud's facts. */
export function factsOf<Name extends CloudName>(cloud: Name): z.ZodType<FactsByCloud[Name]> {
  return types[cloud].facts;
}

/** Who writes the facts of a cloud's clusters. */
export function factsSourceOf(cloud: CloudName): FactsSource {
  return types[cloud].factsFrom;
}

/** The longest name of a cluster on a cloud, in characters, if it is shorter than that of every cluster. */
export function longestNameOn(cloud: CloudName): number | undefined {
  return types[cloud].longestName;
}

/** A cloud, made of facts that its schema has checked. */
export function createCloud<Name extends CloudName>(
  cloud: Name,
  cluster: ClusterName,
  facts: FactsByCloud[Name],
): Cloud {
  return types[cloud].create(cluster, facts);
}

/** What of its facts no other cluster may have. */
export function ownFactsOf<Name extends CloudName>(cloud: Name, facts: FactsByCloud[Name]): OwnFact[] {
  return ownFacts(types[cloud].ownership, facts);
}

/** True if a cluster has facts, which somebody must find out first. */
export function needsFacts(cloud: CloudName): boolean {
  return !types[cloud].facts.safeParse({}).success;
}
