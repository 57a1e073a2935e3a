import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aws } from './aws.ts';
import { Azure } from './azure.ts';
import type { Call, Command, Given, Options } from './command.ts';

const SETTINGS = 'bootstrap/modules/settings/main.tf';

function settingOf(name: string): RegExp {
  return new RegExp(String.raw`^(  ${name} *= *)(\[[^\]]*\]|"[^"]*"|null)`, 'm');
}

/** A program that is stood in for. */
export interface Program {
  readonly commands: readonly Command[];
  readonly common: Options;
  /** @returns what it prints */
  readonly run: (command: Command, given: Given, call: Call) => string | Promise<string>;
}

/** A repository on GitHub. */
export interface Remote {
  readonly name: string;
  readonly isPrivate: boolean;
  readonly variables: Map<string, string>;
  readonly secrets: Map<string, string>;
}

/** What Terraform has of a root. */
export interface State {
  /** The backend that it was initialized with. */
  backend: string;
  /** Whether its resources are in the state there. */
  readonly applied: Set<string>;
}

/** All that commands change: clouds, GitHub, states, and the machine of whoever follows a runbook. */
export class World {
  readonly azure = new Azure();
  readonly aws = new Aws();
  readonly states = new Map<string, State>();
  /** Backends whose store is there. */
  readonly stores = new Set<string>();
  /** Clusters that Argo CD was handed over. */
  readonly handedOver = new Set<string>();
  remote: Remote | undefined;
  /** Scopes of the token for GitHub; undefined if nobody is signed in. */
  scopes: ReadonlySet<string> | undefined;
  kubeconfig: { readonly cluster: string; readonly login: string } | undefined;

  private readonly happened = new Set<string>();

  /** The folder that the runbook begins in: the clone is in it, and what GitHub has. */
  readonly scratch: string;

  constructor(scratch: string) {
    this.scratch = scratch;
  }

  /** The clone of the repository. */
  get clone(): string {
    return join(this.scratch, 'platform');
  }

  /** What GitHub has of it. */
  get bare(): string {
    return join(this.scratch, 'github.git');
  }

  /** True the first time. */
  once(what: string): boolean {
    const isNew = !this.happened.has(what);
    this.happened.add(what);
    return isNew;
  }

  /** The text of a file, from a folder. */
  read(folder: string, file: string): string {
    return readFileSync(join(folder, file), 'utf8');
  }

  /** A setting of Terraform as it stands there: `["a"]`, `"b"` or `null`. */
  setting(name: string): string {
    const [, , value] = settingOf(name).exec(this.read(this.clone, SETTINGS)) ?? [];
    if (value === undefined) throw new Error(`${SETTINGS} has no ${name}`);
    return value;
  }

  /** Writes a setting, in the form that it has there. */
  set(name: string, value: string): void {
    const written = this.setting(name).startsWith('[') ? `["${value}"]` : `"${value}"`;
    const text = this.read(this.clone, SETTINGS).replace(settingOf(name), (_, key: string) => key + written);
    writeFileSync(join(this.clone, SETTINGS), text);
  }

  /** A file of the branch that clusters sync; undefined if it has none. */
  pushed(path: string): string | undefined {
    try {
      return execFileSync('git', ['--git-dir', this.bare, 'show', `main:${path}`], { encoding: 'utf8', stdio: 'pipe' });
    } catch {
      return undefined;
    }
  }

  /** Names that workflows read of the repository's variables, or of its secrets. */
  namesInWorkflows(kind: 'vars' | 'secrets'): Set<string> {
    const folder = join(this.clone, '.github', 'workflows');
    const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    const named = new RegExp(`\\b${kind}\\.([A-Z_0-9]+)`, 'g');
    return new Set(texts.flatMap((text) => [...text.matchAll(named)].map(([, name = '']) => name)));
  }
}
