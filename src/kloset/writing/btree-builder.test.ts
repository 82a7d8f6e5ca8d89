import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BTreeBuilder, type StoredNode } from './btree-builder.ts'

describe('a B+tree', () => {
  it('is one empty leaf when it has no keys', async () => {
    const { nodes } = await stored([])

    expect([...nodes.values()]).toEqual([{ keys: [], pointers: null, next: null }])
  })

  it('stays one leaf up to 49 keys', async () => {
    const { nodes } = await stored(upTo(49))

    expect(nodes.size).toBe(1)
  })

  it('is split at 50 keys, 24 to the left', async () => {
    const { nodes, root } = await stored(upTo(50))

    const top = nodes.get(root)!
    const leaves = top.pointers!.map((mac) => nodes.get(mac)!)

    expect(top.keys).toEqual([24])
    expect(leaves.map(({ keys }) => keys.length)).toEqual([24, 26])
    expect(leaves.map(({ next }) => next)).toEqual([top.pointers![1], null])
  })

  it('grows to three levels with the separator gone from the inner right half', async () => {
    const { nodes, root } = await stored(upTo(2000))

    const top = nodes.get(root)!
    const below = top.pointers!.map((mac) => nodes.get(mac)!)

    expect(below.every(({ pointers }) => pointers !== null)).toBe(true)
    expect(below[0]!.keys).toHaveLength(24)
    expect(below.flatMap(({ keys }) => keys)).not.toContain(top.keys[0])
  })

  it('keeps the first of two equal keys', async () => {
    const { nodes } = await stored([5, 5, 5])

    expect([...nodes.values()].flatMap(({ keys }) => keys)).toEqual([5])
  })

  it('gives every key back in order by its leaves, and finds every key by descending', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(100_000), { maxLength: 3000 }), async (keys) => {
        const { nodes, root } = await stored(keys)

        expect(scan(nodes, root)).toEqual(keys.toSorted((a, b) => a - b))
        for (const key of keys.slice(0, 50)) expect(find(nodes, root, key)).toBe(true)
        for (const { keys: held } of nodes.values()) expect(held.length).toBeLessThan(50)
      }),
      { numRuns: 20 },
    )
  })
})

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n)
}

async function stored(keys: readonly number[]) {
  const tree = new BTreeBuilder((a, b) => a - b)
  for (const key of keys) tree.insert(key)
  const nodes = new Map<string, StoredNode>()
  const root = await tree.store(async (node) => {
    const mac = `node ${nodes.size}`
    nodes.set(mac, node)
    return mac
  })
  return { nodes, root }
}

function scan(nodes: ReadonlyMap<string, StoredNode>, root: string): number[] {
  let node = nodes.get(root)!
  while (node.pointers !== null) node = nodes.get(node.pointers[0]!)!
  const keys = [...node.keys]
  while (node.next !== null) {
    node = nodes.get(node.next)!
    keys.push(...node.keys)
  }
  return keys
}

function find(nodes: ReadonlyMap<string, StoredNode>, root: string, key: number): boolean {
  let node = nodes.get(root)!
  while (node.pointers !== null) {
    const at = node.keys.filter((separator) => separator <= key).length
    node = nodes.get(node.pointers[at]!)!
  }
  return node.keys.includes(key)
}
