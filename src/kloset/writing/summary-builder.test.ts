import { describe, expect, it } from 'vitest'
import { encodeSummary } from '../records/summary.ts'
import { leafEntry } from './entry-draft.ts'
import { SummaryBuilder } from './summary-builder.ts'
import type { LeafDraft } from './tree-draft.ts'

describe('a summary', () => {
  it('of an empty directory is the 24 bytes of the format', () => {
    const summary = new SummaryBuilder().finish(0)

    expect(encodeSummary(summary)).toHaveLength(24)
  })

  it('adds up files by kind, size, time and entropy', () => {
    const builder = new SummaryBuilder()
    add(builder, { kind: 'file', size: 10, contentType: 'image/jpeg', entropy: 7.9, seconds: 50 })
    add(builder, { kind: 'file', size: 21, contentType: 'text/plain', entropy: 1.5, seconds: 40 })

    const { directory } = builder.finish(0)

    expect(directory).toMatchObject({ files: 2, children: 2, objects: 2, chunks: 2 })
    expect(directory).toMatchObject({ size: 31, minSize: 10, maxSize: 21, avgSize: 15 })
    expect(directory).toMatchObject({ minModTime: 40, maxModTime: 50 })
    expect(directory).toMatchObject({ hiEntropy: 1, loEntropy: 1, mimeImage: 1, mimeText: 1 })
    expect(directory.avgEntropy).toBeCloseTo(4.7)
  })

  it('counts a symlink as a child without content', () => {
    const builder = new SummaryBuilder()
    builder.addLeaf(leafEntry('/l', { kind: 'symlink', modified: at(1), target: 'x' }), false)

    const { directory } = builder.finish(0)

    expect(directory).toMatchObject({ symlinks: 1, files: 0, objects: 0, mimeApplication: 1 })
    expect(directory).toMatchObject({ avgSize: 0, loEntropy: 1 })
  })

  it('counts what lies deeper, and its own errors, below', () => {
    const deepest = new SummaryBuilder()
    add(deepest, { kind: 'file', size: 5, contentType: 'video/mp4', entropy: 7, seconds: 9 })
    const middle = new SummaryBuilder()
    middle.addDirectory(deepest.finish(1))
    const top = new SummaryBuilder()
    top.addDirectory(middle.finish(0))

    const { directory, below } = top.finish(2)

    expect(directory).toMatchObject({ directories: 1, children: 1, files: 0, errors: 0 })
    expect(below).toMatchObject({ directories: 1, children: 2, files: 1, size: 5, errors: 3 })
    expect(below).toMatchObject({ minSize: 0, maxSize: 5, mimeVideo: 1, hiEntropy: 1 })
  })
})

function at(seconds: number) {
  return { seconds: BigInt(seconds), nanoseconds: 0 }
}

function add(
  builder: SummaryBuilder,
  file: { kind: 'file'; size: number; contentType: string; entropy: number; seconds: number },
): void {
  const { seconds, ...rest } = file
  const leaf: LeafDraft = { ...rest, modified: at(seconds), chunks: 1, objectMac: 'ab'.repeat(32) }
  builder.addLeaf(leafEntry('/f', leaf), true)
}
