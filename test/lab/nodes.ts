/** What the pods of a lab run on. */
export interface Nodes {
  /** Makes what they need before they are started; once is enough. */
  prepare(): Promise<void>;
  /** Starts them in a new cluster, with what a cloud adds to it. */
  start(): Promise<void>;
  /** Does once, after any change, what controllers outside of the cluster would do. */
  reconcile(): Promise<void>;
  /** Forgets everything about a control plane that is gone. */
  forget(): void;
  /** Ends what does not end with the lab's processes. */
  close(): void;
  /** Local addresses of programs, by title. */
  addresses(): Readonly<Record<string, string>>;
}
