/** One stage of a Dockerfile. */
export interface Stage {
  /** The base image, with tag and digest. */
  readonly base: string;
  /** @default none */
  readonly name: string | undefined;
  readonly steps: readonly Step[];
}

/** An instruction of a stage. */
export type Step =
  | {
      readonly do: 'copy';
      readonly from: string | undefined;
      readonly sources: readonly string[];
      readonly target: string;
    }
  | { readonly do: 'run'; readonly command: string }
  | { readonly do: 'workdir'; readonly path: string }
  | { readonly do: 'env'; readonly name: string; readonly value: string }
  | { readonly do: 'user'; readonly user: string }
  | { readonly do: 'expose'; readonly ports: readonly number[] }
  | { readonly do: 'entrypoint'; readonly command: readonly string[] };

/**
 * Parses a Dockerfile; supports only the instructions that the services use.
 *
 * @throws Error naming the line of an unsupported instruction
 */
export function parseDockerfile(text: string, file: string): readonly Stage[] {
  const stages: { base: string; name: string | undefined; steps: Step[] }[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const from = /^FROM (?:--platform=\S+ )?(\S+)(?: AS (\S+))?$/.exec(line);
    if (from) stages.push({ base: from[1] ?? '', name: from[2], steps: [] });
    else {
      const stage = stages.at(-1);
      const step = stepOf(line);
      if (!stage || !step) throw new Error(`${file}:${i + 1}: cannot be run without Docker: ${line}`);
      stage.steps.push(step);
    }
  }
  return stages;
}

function stepOf(line: string): Step | undefined {
  const [, word = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
  switch (word) {
    case 'COPY': {
      const [, from, paths = ''] = /^(?:--from=(\S+) )?([^-].*)$/.exec(rest) ?? [];
      const parts = paths.split(' ');
      return { do: 'copy', from, sources: parts.slice(0, -1), target: parts.at(-1) ?? '' };
    }
    case 'RUN':
      return { do: 'run', command: rest };
    case 'WORKDIR':
      return { do: 'workdir', path: rest };
    case 'ENV': {
      const [name = '', ...value] = rest.split('=');
      return { do: 'env', name, value: value.join('=') };
    }
    case 'USER':
      return { do: 'user', user: rest };
    case 'EXPOSE':
      return { do: 'expose', ports: rest.split(' ').map(Number) };
    case 'ENTRYPOINT':
      return { do: 'entrypoint', command: JSON.parse(rest) as string[] };
    default:
      return undefined;
  }
}
