/** Counts votes by what they are for. */
export class Votes {
  #counts = new Map();

  add(subject) {
    if (!/^[a-z]{1,20}$/.test(subject)) {
      throw new RangeError(`"${subject}" cannot be voted for`);
    }
    this.#counts.set(subject, (this.#counts.get(subject) ?? 0) + 1);
  }

  /** The most votes first, then by name. */
  table() {
    return [...this.#counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  }
}
