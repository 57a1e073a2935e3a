/** An entry of the secret store, as people write it. */
export interface EntryToWrite {
  /** Its full name in the store. */
  readonly remoteKey: string;
  /** Its name in the cluster file, for the names of files. */
  readonly name: string;
  /** The keys that it must have. */
  readonly keys: readonly string[];
}

/** How to write an entry. */
export interface Writing {
  /** The files to make first: a text with an ellipsis for each value, or what to put there, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Writes a new entry. */
  readonly create: string;
  /** Writes new values to an existing entry. @default the same command */
  readonly update?: string;
}

/**
 * Commands of a cloud's own command line, for people. Values come from files, which are removed afterwards: the history
 * of a shell keeps what stood on its command line.
 */
export interface SecretCommands {
  /** What the store is and where: `the Key Vault example`. */
  readonly store: string;
  /** Writes an entry. */
  write(entry: EntryToWrite): Writing;
  /** Prints the values of an entry. */
  read(remoteKey: string): string;
}

/** The file for a store whose entries are JSON objects: External Secrets reads their fields. */
export function jsonFile({ name, keys }: EntryToWrite): { readonly path: string; readonly text: string } {
  return {
    path: `${name}.json`,
    text: JSON.stringify(Object.fromEntries(keys.map((key) => [key, '…'])), null, 2),
  };
}
