import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MalformedRecordError } from '../damage.ts'
import { type BtreeNode, encodeBtreeNode, encodeBtreeRoot } from '../records/btree.ts'
import { comparePaths } from '../records/path-order.ts'
import { ResourceType } from '../resource-type.ts'
import { type BlobSource, BtreeReader, TreeKind } from './btree-reader.ts'

/** A name for the n-th node; MACs are not looked at here. */
const mac = (n: number) => n.toString(16).padStart(64, '0')
const ROOT = mac(0xffff)

const leaf = (keys: string[], next?: number): BtreeNode => ({
  version: 0,
  keys,
  pointers: null,
  values: keys.map((_, at) => mac(1000 + at)),
  prev: null,
  next: next === undefined ? null : mac(next),
})
const inner = (keys: string[], ...below: number[]): BtreeNode => ({
  version: 0,
  keys,
  pointers: below.map(mac),
  values: null,
  prev: null,
  next: null,
})

/** A tree whose root is node 1. */
function treeOf(nodes: Record<number, BtreeNode>, kind: TreeKind = TreeKind.INDEX): BtreeReader {
  const blobs: BlobSource = {
    async readBlob(type, name) {
      if (name === ROOT) {
        return encodeBtreeRoot({ version: 0, order: 50, count: 0, root: mac(1) })
      }
      expect(type).toBe(kind.node)
      return encodeBtreeNode(nodes[Number.parseInt(name, 16)]!)
    },
  }
  return new BtreeReader(blobs, kind, ROOT)
}

async function keysOf(tree: BtreeReader, start?: string): Promise<string[]> {
  const keys: string[] = []
  for await (const [key] of tree.entries(start)) keys.push(key)
  return keys
}

describe('a tree', () => {
  const nodes = {
    1: inner(['/e', '/m'], 2, 3, 4),
    2: leaf(['/a', '/c'], 3),
    3: leaf(['/e', '/g'], 4),
    4: leaf(['/m', '/o']),
  }
  const keys = ['/a', '/c', '/e', '/g', '/m', '/o']

  it('finds its keys, and no others', async () => {
    const tree = treeOf(nodes)

    for (const key of keys) expect(await tree.find(key)).toBeDefined()
    for (const other of ['', '/', '/b', '/d', '/f', '/z']) {
      expect(await tree.find(other)).toBeUndefined()
    }
  })

  it('is scanned from wherever one wants', async () => {
    const starts = fc.constantFrom('', '/', '/a', '/b', '/d', '/e', '/f', '/m', '/n', '/o', '/z')
    await fc.assert(
      fc.asyncProperty(starts, async (start) => {
        expect(await keysOf(treeOf(nodes), start)).toEqual(keys.filter((key) => key >= start))
      }),
    )
  })

  it('may be empty', async () => {
    const empty: BtreeNode = { ...leaf([]), keys: null, values: null }

    expect(await keysOf(treeOf({ 1: empty }))).toEqual([])
    expect(await treeOf({ 1: empty }).find('/a')).toBeUndefined()
  })

  it('of paths is sorted by depth', async () => {
    const paths = ['/b/a', '/a/b/c', '/', '/c'].toSorted(comparePaths)

    expect(await keysOf(treeOf({ 1: leaf(paths) }, TreeKind.VFS))).toEqual(paths)
  })

  it('of attributes may be in any order', async () => {
    expect(await keysOf(treeOf({ 1: leaf(['b', 'a']) }, TreeKind.XATTRS))).toEqual(['b', 'a'])
  })
})

describe('a tree that was tampered with', () => {
  it.for<{ what: string; nodes: Record<number, BtreeNode> }>([
    { what: 'a node that contains itself', nodes: { 1: inner(['/m'], 1, 1) } },
    {
      what: 'a circle of nodes',
      nodes: { 1: inner(['/m'], 2, 3), 2: inner(['/c'], 1, 3), 3: leaf(['/z']) },
    },
    { what: 'a leaf that is reached twice', nodes: { 1: inner(['/m'], 2, 2), 2: leaf(['/a']) } },
    { what: 'keys that go back', nodes: { 1: leaf(['/b', '/a']) } },
    { what: 'a key that comes twice', nodes: { 1: leaf(['/a', '/a']) } },
    {
      what: 'leaves in the wrong order',
      nodes: { 1: inner(['/c'], 2, 3), 2: leaf(['/x']), 3: leaf(['/b']) },
    },
    {
      what: 'a chain of a hundred nodes',
      nodes: Object.fromEntries(
        Array.from({ length: 100 }, (_, n) => [n + 1, inner([], n + 2)]).concat([[101, leaf([])]]),
      ),
    },
  ])('is not followed for ever: $what', async ({ nodes }) => {
    await expect(keysOf(treeOf(nodes))).rejects.toThrow(MalformedRecordError)
  })

  it('is not searched for ever', async () => {
    const tree = treeOf({ 1: inner(['/m'], 1, 1) })

    await expect(tree.find('/a')).rejects.toThrow(MalformedRecordError)
  })

  it('is read as the type it should have', async () => {
    const types: number[] = []
    const blobs: BlobSource = {
      async readBlob(type, name) {
        types.push(type)
        return name === ROOT
          ? encodeBtreeRoot({ version: 0, order: 50, count: 0, root: mac(1) })
          : encodeBtreeNode(leaf(['/a']))
      },
    }

    await new BtreeReader(blobs, TreeKind.VFS, ROOT).find('/a')

    expect(types).toEqual([ResourceType.VFS_BTREE, ResourceType.VFS_NODE])
  })
})
