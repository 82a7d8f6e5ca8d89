/**
 * Groups that grow together: things joined once, directly or through others, are in one group.
 * @module
 */
export class DisjointSets<T> {
  readonly #parent = new Map<T, T>()

  /** The one that stands for the group of `member`. */
  find(member: T): T {
    let root = member
    for (let next = this.#parent.get(root); next !== undefined; next = this.#parent.get(root)) {
      const above = this.#parent.get(next)
      if (above !== undefined) this.#parent.set(root, above)
      root = next
    }
    return root
  }

  join(members: readonly T[]): void {
    const [first, ...others] = members
    if (first === undefined) return
    const root = this.find(first)
    for (const member of others) {
      const other = this.find(member)
      if (other !== root) this.#parent.set(other, root)
    }
  }
}
