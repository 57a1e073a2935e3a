/**
 * The schema of a provider, read from its typed binding: the JavaScript in `cdktn-provider-*`. Its classes have every
 * attribute; its functions that write HCL specify what can be set, what is a block and what is a set; comments in its
 * TypeScript, which is in the source map, specify what is required and what the provider computes. These sources must
 * agree: a contradiction or an unknown construct is an error.
 *
 * The binding does not specify which values are allowed, which arguments conflict, what is sensitive or write-only, how
 * many blocks a provider's configuration may have, and numbers of blocks other than none, one or any.
 */
import type { Type } from './cdktn.ts';
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

/** The schema that stand-in/main.go serves. */
export interface Schema {
  /** Full address of the provider: host, namespace and name. */
  readonly address: string;
  /** The provider's own configuration. */
  readonly provider: Block;
  readonly resources: Readonly<Record<string, Block>>;
  readonly data: Readonly<Record<string, Block>>;
}

/** The types of a provider that bootstrap/ uses. */
export interface Used {
  readonly resources: readonly string[];
  readonly data: readonly string[];
}

/** The file of the binding that defines a type. */
export function fileOf(mode: 'resource' | 'data', type: string): string {
  const [provider = '', ...words] = type.split('_');
  return `lib/${[...(mode === 'data' ? ['data', provider] : []), ...words].join('-')}/index.js`;
}

export const providerFile = 'lib/provider/index.js';

/**
 * Reads a binding.
 *
 * @param folder the unpacked package, at least the files of `used` and of the provider
 * @param address full address of the provider: host, namespace and name
 * @throws Fault naming the type and the attribute
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
