import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { Fault } from '../../../charts/fault.ts';
import {
  anything,
  cdktn,
  ComplexList,
  ComplexObject,
  configured,
  type Element,
  Many,
  Mapped,
  Reference,
  type Type,
} from './cdktn.ts';
import type { Attribute, Block, NestedBlock } from './schema.ts';
import { type Flags, Source } from './source.ts';

/** Description of one argument, returned by a binding's function that writes HCL. */
interface Argument {
  readonly isBlock: boolean;
  readonly type: string;
  /** `EksClusterVpcConfigList` for blocks: the name of its interface, and `List`. */
  readonly storageClassType: string;
  /** The type of a scalar, the arguments of one block, or Many with one of these. */
  readonly value: unknown;
}
type Arguments = Readonly<Record<string, Argument>>;

type Class = (new (scope: unknown, id: string, config: object) => Element & { readonly $providerVersion?: string }) & {
  readonly tfResourceType?: string;
};

/** Reads one file of a binding: that of one type, or of the provider. */
export class Reader {
  private readonly file: string;
  private readonly type: string;
  private readonly source: Source;
  private readonly binding: Class;

  constructor(folder: string, file: string, type: string) {
    this.file = file;
    this.type = type;
    if (!existsSync(join(folder, file)))
      throw this.fault(
        '',
        'the binding has no such type',
        'correct its name in bootstrap/, or use a version of the provider that has it',
      );
    const script = readFileSync(join(folder, file), 'utf8');
    this.source = new Source(script, (path, what, fix) => this.fault(path, what, fix));
    const exported: Record<string, unknown> = {};
    const load = compileFunction(script, ['exports', 'require'], { filename: join(folder, file) });
    this.running('', () =>
      load(exported, (name: string) => {
        if (name === 'cdktn') return cdktn;
        // Functions of a provider are no part of a schema.
        if (name === '../provider-functions/index') return anything;
        throw this.fault('', `its file requires "${name}"`, 'extend reader.ts to types of several files');
      }),
    );
    const found = Object.values(exported).find(
      (value) => typeof value === 'function' && (value as Class).tfResourceType === type,
    );
    if (!found)
      throw this.fault(
        '',
        'no class of its file is this type',
        'see how the binding names its folders, and adapt fileOf in schema.ts',
      );
    this.binding = found as Class;
  }

  /** A resource's or data source's block. */
  block(): Block {
    return this.blockOf(this.instance(), this.arguments(), '');
  }

  /** The provider's configuration; its binding has interfaces for blocks, not classes. */
  configuration(): Block {
    return this.structure(`${this.binding.name}Config`, this.arguments(), '');
  }

  providerVersion(): string {
    const { $providerVersion } = this.instance();
    if ($providerVersion === undefined)
      throw this.fault(
        '',
        'its class has no version of the provider',
        'find where the binding has it now, and adapt reader.ts',
      );
    return $providerVersion;
  }

  private instance(): InstanceType<Class> {
    return this.running('', () => new this.binding(undefined, 'it', {}));
  }

  private arguments(): Arguments {
    const { synthesizeHclAttributes: write } = this.binding.prototype as {
      readonly synthesizeHclAttributes: (this: object) => Arguments;
    };
    return this.running('', () => write.call(configured));
  }

  private blockOf(element: Element, args: Arguments, path: string): Block {
    const values = this.values(element, path);
    const flags = this.source.comments(element.constructor.name, path);
    this.same('getters', values.keys(), 'comments', flags.keys(), path);
    const settable = [...flags].filter(([, { optional, required }]) => optional || required).map(([name]) => name);
    this.same('comments', settable, 'HCL', Object.keys(args), path);
    const attributes: Record<string, Attribute> = {};
    const blocks: Record<string, NestedBlock> = {};
    for (const [name, value] of values) {
      const [arg, flag, inner] = [args[name], flags.get(name)!, path ? `${path}.${name}` : name];
      // A block that may also be computed is an attribute to Terraform: objects, of which each field must be set.
      if (arg?.isBlock && !flag.computed)
        blocks[name] = this.nested(
          arg,
          flag,
          this.blockOf(this.element(value, inner), this.argumentsOf(arg, inner), inner),
          inner,
        );
      else
        attributes[name] = {
          type: arg ? this.settableType(arg, value, inner) : this.computedType(value, inner),
          ...flag,
        };
    }
    return { attributes, blocks };
  }

  private structure(name: string, args: Arguments, path: string): Block {
    const flags = this.source.properties(name, path);
    this.same(`interface ${name}`, flags.keys(), 'HCL', Object.keys(args), path);
    const attributes: Record<string, Attribute> = {};
    const blocks: Record<string, NestedBlock> = {};
    for (const [key, arg] of Object.entries(args)) {
      const [flag, inner] = [flags.get(key)!, path ? `${path}.${key}` : key];
      // A meta-argument of every provider.
      if (inner === 'alias') continue;
      if (arg.isBlock)
        blocks[key] = this.nested(
          arg,
          flag,
          this.structure(arg.storageClassType.replace(/List$/, ''), this.argumentsOf(arg, inner), inner),
          inner,
        );
      else attributes[key] = { type: this.settableType(arg, undefined, inner), ...flag };
    }
    return { attributes, blocks };
  }

  private nested({ type, value }: Argument, { required }: Flags, block: Block, path: string): NestedBlock {
    if (type === 'struct') return { nesting: 'single', min: 0, max: 0, block };
    if (type !== 'list' && type !== 'set') throw this.fault(path, `its block is a "${type}"`, 'extend reader.ts to it');
    return { nesting: type, min: required ? 1 : 0, max: value instanceof Many ? 0 : 1, block };
  }

  /** Values of the getters of an element, by attribute name. */
  private values(element: Element, path: string): Map<string, unknown> {
    const getters = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(element) as object)).flatMap(
      ([name, descriptor]) => (descriptor.get ? [name] : []),
    );
    // `nameInput` is the configured value, `name` the value known to Terraform; `internalValue` is the configuration.
    const own = getters.filter(
      (name) =>
        name !== 'internalValue' && !(name.endsWith('Input') && getters.includes(name.slice(0, -'Input'.length))),
    );
    return new Map(
      own.map((getter) => {
        const at = path ? `${path}.${getter}` : getter;
        const value = this.running(at, () => (element as unknown as Record<string, unknown>)[getter]);
        if (value instanceof Reference || value instanceof ComplexObject || value instanceof ComplexList)
          return [value.$name, value];
        throw this.fault(at, 'its getter returns an unknown value', 'extend test/offline/providers/cdktn.ts to it');
      }),
    );
  }

  private settableType(arg: Argument, element: unknown, path: string): Type {
    const { type, value } = arg;
    const inner = value instanceof Many ? value.item : value;
    const one: Type =
      typeof inner === 'string'
        ? (inner as Type)
        : objectOf(this.blockOf(this.element(element, path), this.argumentsOf(arg, path), path));
    const written =
      value instanceof Mapped ? 'map' : value instanceof Many ? 'many' : typeof one === 'string' ? 'simple' : 'struct';
    if (type === 'map' && written === 'map') return this.agreed(['map', one], element, path);
    if ((type === 'list' || type === 'set') && written === 'many') return this.agreed([type, one], element, path);
    if (type === written) return this.agreed(one, element, path);
    throw this.fault(path, `its HCL is "${type}" of ${JSON.stringify(value)}`, 'extend reader.ts to this type');
  }

  /** The type of the HCL. @throws Fault if the getter has another type */
  private agreed(type: Type, element: unknown, path: string): Type {
    const seen = element instanceof Reference ? element.type : undefined;
    if (seen === undefined || JSON.stringify(seen) === JSON.stringify(type)) return type;
    throw this.fault(
      path,
      `its HCL is ${JSON.stringify(type)}, its getter ${JSON.stringify(seen)}`,
      'see which is right, and adapt reader.ts',
    );
  }

  private computedType(value: unknown, path: string): Type {
    if (value instanceof ComplexList)
      return [value.$isSet ? 'set' : 'list', objectOf(this.blockOf(value.get(0), {}, path))];
    if (value instanceof ComplexObject) return objectOf(this.blockOf(value, {}, path));
    if (value instanceof Reference && value.type !== undefined) return value.type;
    throw this.fault(
      path,
      'its type is unknown',
      'see what the getter of the binding does, and adapt test/offline/providers/cdktn.ts',
    );
  }

  /** The element of a block or an object. */
  private element(value: unknown, path: string): Element {
    if (value instanceof ComplexList) return value.get(0);
    if (value instanceof ComplexObject) return value;
    throw this.fault(
      path,
      'its HCL is a block, but its getter returns none',
      'see what the getter of the binding does, and adapt reader.ts',
    );
  }

  private argumentsOf({ value }: Argument, path: string): Arguments {
    const args = value instanceof Many ? value.item : value;
    if (typeof args === 'object' && args !== null && !(args instanceof Many)) return args as Arguments;
    throw this.fault(path, `its block's HCL is ${JSON.stringify(value)}`, 'extend reader.ts to it');
  }

  /** @throws Fault if one of them has a name that the other lacks */
  private same(one: string, names: Iterable<string>, other: string, others: Iterable<string>, path: string): void {
    const [left, right] = [new Set(names), new Set(others)];
    for (const [has, lacks, missing] of [
      [one, other, [...left].filter((name) => !right.has(name))],
      [other, one, [...right].filter((name) => !left.has(name))],
    ] as const) {
      for (const name of missing)
        throw this.fault(
          path ? `${path}.${name}` : name,
          `it is in its ${has}, but not in its ${lacks}`,
          'see what the binding does there, and adapt reader.ts',
        );
    }
  }

  /** Runs the binding's own JavaScript. */
  private running<T>(path: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof Fault) throw error;
      throw this.fault(
        path,
        `its JavaScript throws: ${error instanceof Error ? error.message : String(error)}`,
        'see what the binding does there, and adapt test/offline/providers/cdktn.ts',
      );
    }
  }

  private fault(path: string, what: string, fix: string): Fault {
    return new Fault({
      what: `cannot read ${this.type}${path && `, attribute ${path}`}: ${what}`,
      where: this.file,
      fix,
    });
  }
}

/** The object type of a block. */
function objectOf({ attributes, blocks }: Block): Type {
  const types = Object.entries(attributes).map(([name, { type }]) => [name, type] as const);
  const nested = Object.entries(blocks).map(
    ([name, { nesting, block }]) =>
      [name, nesting === 'single' ? objectOf(block) : ([nesting, objectOf(block)] as const)] as const,
  );
  return ['object', Object.fromEntries([...types, ...nested])];
}
