/**
 * What a provider takes and gives, read off its typed binding: the JavaScript of `@cdktf/provider-*`. Its classes know
 * every attribute, its functions that write HCL know what can be set, what is a block and what is a set; comments of its
 * TypeScript, which comes along, know what is required and what the provider computes. Whatever one says must be said by the
 * others too: what is lost or not understood ends the reading.
 *
 * The binding does not say: which values are allowed, what excludes what, what is sensitive or can only be written, how many
 * blocks a provider's configuration takes, and a number of blocks other than none, one or any.
 */
import type { Type } from './cdktf.ts';
import { Reader } from './reader.ts';
import type { Flags } from './source.ts';

export interface Attribute extends Flags {
  readonly type: Type;
}

export interface NestedBlock {
  readonly nesting: 'list' | 'set' | 'single';
  readonly min: 0 | 1;
  /** 0 is any number. */
  readonly max: 0 | 1;
  readonly block: Block;
}

export interface Block {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly blocks: Readonly<Record<string, NestedBlock>>;
}

/** What stand-in/main.go serves. */
export interface Schema {
  /** The provider's, whole: host, namespace and name. */
  readonly address: string;
  /** The provider's own configuration. */
  readonly provider: Block;
  readonly resources: Readonly<Record<string, Block>>;
  readonly data: Readonly<Record<string, Block>>;
}

/** A provider's types that Terraform uses. */
export interface Used {
  readonly resources: readonly string[];
  readonly data: readonly string[];
}

/** The file of the binding that has a type; `provider` has the configuration. */
export function fileOf(mode: 'resource' | 'data', type: string): string {
  const [provider = '', ...words] = type.split('_');
  return `lib/${[...(mode === 'data' ? ['data', provider] : []), ...words].join('-')}/index.js`;
}

export const providerFile = 'lib/provider/index.js';

/**
 * Reads a binding.
 *
 * @param folder the unpacked package, of which the files of `used` and the provider's are there
 * @param address the provider's, whole: host, namespace and name
 * @throws Fault naming type and attribute
 */
export function readBinding(
  folder: string,
  address: string,
  used: Used,
): { readonly version: string; readonly schema: Schema } {
  const provider = address.slice(address.lastIndexOf('/') + 1);
  const configuration = new Reader(folder, providerFile, provider);
  const read = (mode: 'resource' | 'data', types: readonly string[]) =>
    Object.fromEntries(types.map((type) => [type, new Reader(folder, fileOf(mode, type), type).block()]));
  return {
    version: configuration.providerVersion(),
    schema: {
      address,
      provider: configuration.configuration(),
      resources: read('resource', used.resources),
      data: read('data', used.data),
    },
  };
}
