/**
 * Stand-in for the package `cdktn` that bindings import: a getter of a binding returns the name and the type of the
 * attribute that it would read, and a function that writes HCL returns the description of what it would write.
 */

/** A type in Terraform's JSON syntax. */
export type Type =
  | 'string'
  | 'number'
  | 'bool'
  | readonly ['list' | 'set' | 'map', Type]
  | readonly ['object', Readonly<Record<string, Type>>];

/** An attribute without nested attributes; its type is undefined if the binding specifies none. */
export class Reference {
  readonly $name: string;
  readonly type: Type | undefined;

  constructor(name: string, type?: Type) {
    this.$name = name;
    this.type = type;
  }
}

/** Base class of everything with attributes: a resource, a block, an object. */
export class Element {
  getStringAttribute(name: string): Reference {
    return new Reference(name, 'string');
  }
  getNumberAttribute(name: string): Reference {
    return new Reference(name, 'number');
  }
  getBooleanAttribute(name: string): Reference {
    return new Reference(name, 'bool');
  }
  getListAttribute(name: string): Reference {
    return new Reference(name, ['list', 'string']);
  }
  getNumberListAttribute(name: string): Reference {
    return new Reference(name, ['list', 'number']);
  }
  getStringMapAttribute(name: string): Reference {
    return new Reference(name, ['map', 'string']);
  }
  getNumberMapAttribute(name: string): Reference {
    return new Reference(name, ['map', 'number']);
  }
  getBooleanMapAttribute(name: string): Reference {
    return new Reference(name, ['map', 'bool']);
  }
  interpolationForAttribute(name: string): Reference {
    return new Reference(name);
  }
}

/** One block or object. Own properties start with `$`, which no getter of a binding does. */
export class ComplexObject extends Element {
  readonly $name: string;

  constructor(_of: unknown, name: string) {
    super();
    this.$name = name;
  }
}

/** Many blocks or objects. */
export abstract class ComplexList {
  readonly $name: string;
  readonly $isSet: boolean;

  constructor(_of: unknown, name: string, isSet: boolean) {
    this.$name = name;
    this.$isSet = isSet;
  }

  abstract get(index: number): ComplexObject;
}

/** A resource, a data source or a provider. The constructor gets the provider version of the binding. */
class Top extends Element {
  readonly $providerVersion: string | undefined;

  constructor(
    _scope: unknown,
    _id: string,
    { terraformGeneratorMetadata }: { readonly terraformGeneratorMetadata?: { readonly providerVersion?: string } },
  ) {
    super();
    this.$providerVersion = terraformGeneratorMetadata?.providerVersion;
  }
}

/** HCL of a list or a set: one item of it. */
export class Many {
  readonly item: unknown;

  constructor(item: unknown) {
    this.item = item;
  }
}

/** The same for a map. */
export class Mapped extends Many {}

/** A value that has every property and can be called; each property and each result is the value itself. */
export const anything: object = new Proxy(() => undefined, { get: () => anything, apply: () => anything });

/** A resource of which every property is set. What Terraform does not store is written as any other argument. */
export const configured: object = new Proxy(
  { markWriteOnlyAttribute: <T>(value: T): T => value },
  { get: (target, name) => (name in target ? Reflect.get(target, name) : anything) },
);

function mapOf(type: Type): typeof Reference {
  return class extends Reference {
    constructor(_of: unknown, name: string) {
      super(name, ['map', type]);
    }
  } as unknown as typeof Reference;
}

function setOf({ $name, type }: Reference): Reference {
  return new Reference($name, typeof type === 'object' && type[0] === 'list' ? ['set', type[1]] : type);
}

const known: Readonly<Record<string, unknown>> = {
  // Else scripts would copy each property, which an unknown one is not.
  __esModule: true,
  TerraformResource: Top,
  TerraformDataSource: Top,
  TerraformProvider: Top,
  ComplexObject,
  ComplexList,
  StringMap: mapOf('string'),
  NumberMap: mapOf('number'),
  BooleanMap: mapOf('bool'),
  // Bindings convert only sets to lists.
  Fn: { tolist: setOf },
  Token: { asNumberList: (reference: Reference) => reference },
  Tokenization: { isResolvable: () => false },
  canInspect: () => true,
  isComplexElement: () => false,
  stringToHclTerraform: () => 'string',
  numberToHclTerraform: () => 'number',
  booleanToHclTerraform: () => 'bool',
  listMapperHcl: (item: (value: unknown) => unknown) => () => new Many(item(anything)),
  hashMapperHcl: (item: (value: unknown) => unknown) => () => new Mapped(item(anything)),
};

/** The package. An unknown name is an error, because part of the schema would be ignored otherwise. */
export const cdktn: object = new Proxy(known, {
  get(target, name) {
    if (typeof name === 'string' && name in target) return target[name];
    throw new Error(`the binding uses cdktn.${String(name)}, which is unknown`);
  },
});
