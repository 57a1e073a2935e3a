/** What has been worked out for a key. What neither the present round nor the one before asked for is forgotten. */
export class Recent<T> {
  #now = new Map<string, T>();
  #earlier: ReadonlyMap<string, T> = new Map();

  /** Starts the next round. */
  next(): void {
    this.#earlier = this.#now;
    this.#now = new Map();
  }

  has(key: string): boolean {
    return this.#now.has(key) || this.#earlier.has(key);
  }

  get(key: string, find: () => T): T {
    const known = this.#now.get(key);
    if (known !== undefined) return known;
    const found = this.#earlier.get(key) ?? find();
    this.#now.set(key, found);
    return found;
  }
}
