import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repository } from '../../bootstrap/terraform.ts';
import { mutations } from './mutations.ts';
import { fileOf, providerFile, readBinding } from './schema.ts';

const scratch = mkdtempSync(join(tmpdir(), 'slipway-schema-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Writes a file of a binding in the common form: JavaScript, followed by a source map with its TypeScript. */
function put(file: string, script: string, source: string): void {
  const path = join(scratch, file);
  mkdirSync(dirname(path), { recursive: true });
  const map = Buffer.from(JSON.stringify({ sourcesContent: [source] })).toString('base64');
  writeFileSync(
    path,
    `const importStar = (mod) => (mod.__esModule ? mod : { ...mod });\nconst cdktn = importStar(require("cdktn"));\n${script}\n//# sourceMappingURL=data:application/json;base64,${map}\n`,
  );
}

const PROVIDER = {
  script: `
    const functions = require("../provider-functions/index");
    class CloudProvider extends cdktn.TerraformProvider {
      get functions() { return new functions.CloudProviderFunctions(); }
      constructor(scope, id) { super(scope, id, { terraformGeneratorMetadata: { providerVersion: '1.2.3' } }); }
      synthesizeHclAttributes() {
        return {
          alias: { value: cdktn.stringToHclTerraform(this._alias), isBlock: false, type: "simple", storageClassType: "string" },
          features: { value: cdktn.listMapperHcl(features, true)(this._features), isBlock: true, type: "list", storageClassType: "CloudProviderFeaturesList" },
        };
      }
    }
    function features(struct) {
      return { careful: { value: cdktn.booleanToHclTerraform(struct.careful), isBlock: false, type: "simple", storageClassType: "boolean" } };
    }
    exports.CloudProvider = CloudProvider;
    CloudProvider.tfResourceType = "cloud";`,
  source: `
export interface CloudProviderConfig {
  /**
  * {@link https://registry.example/docs#alias CloudProvider#alias}
  */
  readonly alias?: string;
  /**
  * {@link https://registry.example/docs#features CloudProvider#features}
  */
  readonly features: CloudProviderFeatures[] | cdktn.IResolvable;
}
export interface CloudProviderFeatures {
  /**
  * {@link https://registry.example/docs#careful CloudProvider#careful}
  */
  readonly careful?: boolean | cdktn.IResolvable;
}`,
};

const RESOURCE = {
  script: `
    class ThingPart extends cdktn.ComplexObject {
      get internalValue() { return undefined; }
      get size() { return this.getNumberAttribute('size'); }
      get sizeInput() { return this._size; }
    }
    class ThingPartList extends cdktn.ComplexList { get(index) { return new ThingPart(this, 'part'); } }
    class Thing extends cdktn.TerraformResource {
      constructor(scope, id) { super(scope, id, {}); this._part = new ThingPartList(this, 'part', true); }
      get arn() { return this.getStringAttribute('arn'); }
      get displayName() { return this.getStringAttribute('display_name'); }
      get passwordWo() { return this.getStringAttribute('password_wo'); }
      get part() { return this._part; }
      get zones() { return cdktn.Fn.tolist(this.getListAttribute('zones')); }
      synthesizeHclAttributes() {
        return {
          display_name: { value: cdktn.stringToHclTerraform(this._displayName), isBlock: false, type: "simple", storageClassType: "string" },
          password_wo: { value: this.markWriteOnlyAttribute(cdktn.stringToHclTerraform(this._passwordWo)), isBlock: false, type: "simple", storageClassType: "string" },
          zones: { value: cdktn.listMapperHcl(cdktn.stringToHclTerraform, false)(this._zones), isBlock: false, type: "set", storageClassType: "stringList" },
          part: { value: cdktn.listMapperHcl(part, true)(this._part.internalValue), isBlock: true, type: "set", storageClassType: "ThingPartList" },
        };
      }
    }
    function part(struct) {
      return { size: { value: cdktn.numberToHclTerraform(struct.size), isBlock: false, type: "simple", storageClassType: "number" } };
    }
    exports.Thing = Thing;
    Thing.tfResourceType = "cloud_big_thing";`,
  source: `
export class ThingPart extends cdktn.ComplexObject {
  // size - computed: false, optional: false, required: true
}
export class Thing extends cdktn.TerraformResource {
  // arn - computed: true, optional: false, required: false
  // display_name - computed: false, optional: false, required: true
  // password_wo - computed: false, optional: true, required: false
  // zones - computed: true, optional: true, required: false
  // part - computed: false, optional: true, required: false
}`,
};

function readThing(change: (text: string) => string = (text) => text): ReturnType<typeof readBinding> {
  put(providerFile, PROVIDER.script, PROVIDER.source);
  put(fileOf('resource', 'cloud_big_thing'), change(RESOURCE.script), change(RESOURCE.source));
  return readBinding(scratch, 'example.com/hashicorp/cloud', { resources: ['cloud_big_thing'], data: [] });
}

describe('readBinding', () => {
  it('returns the schema of the provider', () => {
    const set = { computed: false, optional: true, required: false };
    expect(readThing()).toEqual({
      version: '1.2.3',
      schema: {
        address: 'example.com/hashicorp/cloud',
        provider: {
          attributes: {},
          blocks: {
            features: {
              nesting: 'list',
              min: 1,
              max: 0,
              block: { attributes: { careful: { type: 'bool', ...set } }, blocks: {} },
            },
          },
        },
        resources: {
          cloud_big_thing: {
            attributes: {
              arn: { type: 'string', computed: true, optional: false, required: false },
              display_name: { type: 'string', computed: false, optional: false, required: true },
              password_wo: { type: 'string', computed: false, optional: true, required: false },
              zones: { type: ['set', 'string'], computed: true, optional: true, required: false },
            },
            blocks: {
              part: {
                nesting: 'set',
                min: 0,
                max: 0,
                block: {
                  attributes: { size: { type: 'number', computed: false, optional: false, required: true } },
                  blocks: {},
                },
              },
            },
          },
        },
        data: {},
      },
    });
  });

  it('distinguishes single from repeated blocks, and computed attributes from blocks', () => {
    const one = readThing((text) =>
      text.replace('cdktn.listMapperHcl(part, true)(this._part.internalValue)', 'part(this._part.internalValue)'),
    );
    expect(one.schema.resources['cloud_big_thing']?.blocks['part']?.max).toBe(1);
    const attribute = readThing((text) => text.replace('// part - computed: false', '// part - computed: true'));
    expect(attribute.schema.resources['cloud_big_thing']?.attributes['part']?.type).toEqual([
      'set',
      ['object', { size: 'number' }],
    ]);
  });

  it('finds a type in the folder of its name', () => {
    expect(fileOf('resource', 'aws_s3_bucket')).toBe('lib/s3-bucket/index.js');
    expect(fileOf('data', 'azurerm_client_config')).toBe('lib/data-azurerm-client-config/index.js');
  });
});

describe('readBinding throws with type and attribute for', () => {
  it.each([
    [
      'an attribute without a comment',
      '// zones - computed',
      '// zones: computed',
      'attribute zones: it is in its getters, but not in its comments',
    ],
    [
      'a comment without an attribute',
      '// arn -',
      '// arm -',
      'attribute arn: it is in its getters, but not in its comments',
    ],
    [
      'an argument that cannot be set',
      '// zones - computed: true, optional: true',
      '// zones - computed: true, optional: false',
      'attribute zones: it is in its HCL, but not in its comments',
    ],
    [
      'an argument that the HCL lacks',
      'display_name: {',
      'displayed_name: {',
      'attribute display_name: it is in its comments, but not in its HCL',
    ],
    [
      'a nested argument that the HCL lacks',
      '{ size: {',
      '{ sizes: {',
      'attribute part.size: it is in its comments, but not in its HCL',
    ],
    [
      'a getter of another kind',
      "this.getStringAttribute('arn')",
      "this.getTimeAttribute('arn')",
      'attribute arn: its JavaScript throws: this.getTimeAttribute is not a function',
    ],
    [
      'a getter without a type',
      "this.getStringAttribute('arn')",
      "this.interpolationForAttribute('arn')",
      'attribute arn: its type is unknown',
    ],
    [
      'a getter of nothing',
      "this.getStringAttribute('arn')",
      'undefined',
      'attribute arn: its getter returns an unknown value',
    ],
    [
      'types that differ',
      "this.getNumberAttribute('size')",
      "this.getStringAttribute('size')",
      'attribute part.size: its HCL is "number", its getter "string"',
    ],
    [
      'a list of lists',
      'cdktn.listMapperHcl(cdktn.stringToHclTerraform, false)(',
      'cdktn.listMapperHcl(cdktn.listMapperHcl(cdktn.stringToHclTerraform, false), false)(',
      'cloud_big_thing, attribute zones: ',
    ],
    [
      'a block of another kind',
      'isBlock: true, type: "set"',
      'isBlock: true, type: "map"',
      'attribute part: its block is a "map"',
    ],
    [
      'a helper of another kind',
      'cdktn.numberToHclTerraform',
      'cdktn.dateToHclTerraform',
      'the binding uses cdktn.dateToHclTerraform, which is unknown',
    ],
    [
      'a file in parts',
      'class ThingPart extends',
      'require("./parts"); class ThingPart extends',
      'its file requires "./parts"',
    ],
    [
      'a class without its TypeScript',
      'export class ThingPart ',
      'class ThingPart ',
      'attribute part: its TypeScript has no "export class ThingPart extends"',
    ],
    [
      'a type of another name',
      'tfResourceType = "cloud_big_thing"',
      'tfResourceType = "cloud_thing"',
      'no class of its file is this type',
    ],
  ])('%s', (_what, find, change, message) => {
    const read = () => readThing((text) => text.replace(find, change));
    expect(read).toThrow(message);
    expect(read).toThrow('cannot read cloud_big_thing');
  });

  it('a missing type', () => {
    readThing();
    expect(() =>
      readBinding(scratch, 'example.com/hashicorp/cloud', { resources: ['cloud_nothing'], data: [] }),
    ).toThrow('cannot read cloud_nothing: the binding has no such type');
  });

  it('a file without its TypeScript', () => {
    readThing();
    writeFileSync(join(scratch, fileOf('resource', 'cloud_big_thing')), 'exports.Thing = 1;');
    expect(() =>
      readBinding(scratch, 'example.com/hashicorp/cloud', { resources: ['cloud_big_thing'], data: [] }),
    ).toThrow('cannot read cloud_big_thing: its script has no source map');
  });
});

describe.runIf(mutations.length > 0)('mutations that Terraform must reject', () => {
  it.each(mutations)('$what in $file has exactly one place', ({ file, find, put: made }) => {
    expect(readFileSync(join(repository, 'bootstrap', file), 'utf8').split(find)).toHaveLength(2);
    expect(made).not.toBe(find);
  });
});
