/**
 * What the golden repositories hold: a small folder with everything a file system can put in a
 * reader's way, all of it generated, and its description.
 * @module
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { bytesLikeNoise } from '../../src/kloset/compression/fixtures/zstd-contents.ts'
import { decodeName, encodeName } from '../../src/util/byte-names.ts'
import type { GoldenEntry } from './golden.ts'

const XATTR_PATH = 'with attributes.txt'
const XATTRS = { 'user.comment': 'a comment', 'user.empty': '', 'user.long': 'x'.repeat(3000) }
/** What node:fs has no call for. */
const SET_XATTRS = `
import json, os, socket, sys
root = sys.argv[1]
for name, value in json.loads(sys.argv[2]).items():
    os.setxattr(root + '/${XATTR_PATH}', name, value.encode())
os.chdir(root)
socket.socket(socket.AF_UNIX).bind('special/socket')
`

/** Needs root: for a device and a foreign owner. */
export function makeSourceTree(root: string): void {
  const write = (path: string, content: string | Uint8Array) =>
    writeFileSync(`${root}/${path}`, content)
  for (const folder of [
    'a',
    'a-b',
    'deep/er/and/deeper',
    'empty',
    'many',
    'special',
    'Ünïcode 🌊',
  ]) {
    mkdirSync(`${root}/${folder}`, { recursive: true })
  }
  write('empty.bin', '')
  write('one byte', 'x')
  write('noise.bin', bytesLikeNoise(17_000, 256))
  write('zeros.bin', new Uint8Array(40_000))
  write('text.txt', 'a line of text, and another one\n'.repeat(400))
  write('a/b.txt', 'sorts behind a-b as a path, before it as a name')
  write('a-b/x', 'sorts before a/b')
  write('deep/er/and/deeper/photo.jpg', bytesLikeNoise(2000, 256))
  write('Ünïcode 🌊/naïve.txt', 'names in UTF-8')
  writeFileSync(bytesPath(root, 'caf\udce9.txt'), 'a name in Latin-1')
  for (let n = 0; n < 52; n++) write(`many/file ${String(n).padStart(3, '0')}`, `content ${n}`)
  write(XATTR_PATH, 'its attributes matter')
  linkSync(`${root}/text.txt`, `${root}/a/hard link`)
  symlinkSync('../text.txt', `${root}/a/link`)
  symlinkSync('nowhere/at all', `${root}/dangling`)
  write('setuid', '#!/bin/sh\n')
  chmodSync(`${root}/setuid`, 0o4755)
  chmodSync(`${root}/empty`, 0o1777)
  execFileSync('mkfifo', [`${root}/special/pipe`])
  execFileSync('mknod', [`${root}/special/null`, 'c', '1', '3'])
  execFileSync('python3', ['-c', SET_XATTRS, root, JSON.stringify(XATTRS)])
  write('old.txt', 'from before 1970')
  lutimesSync(`${root}/old.txt`, -1_000_000, -1_000_000)
  write('future.txt', 'from after 2038')
  lutimesSync(`${root}/future.txt`, 5_000_000_000, 5_000_000_000)
}

/** A later state of the same folder. */
export function changeSourceTree(root: string): void {
  writeFileSync(`${root}/one byte`, 'y')
  writeFileSync(`${root}/new.bin`, bytesLikeNoise(9000, 256))
  rmSync(`${root}/many/file 007`)
}

/** Everything below `root`, parents before children. */
export function describeTree(root: string): GoldenEntry[] {
  const links = new Map<number, number>()
  const entries: GoldenEntry[] = []
  const visit = (folder: string) => {
    for (const name of readdirSync(bytesPath(root, folder), { encoding: 'buffer' })) {
      const path = `${folder}${folder === '' ? '' : '/'}${decodeName(name)}`
      const entry = describe(root, path, links)
      entries.push(entry)
      if (entry.type === 'directory') visit(path)
    }
  }
  visit('')
  return entries
}

function describe(root: string, path: string, links: Map<number, number>): GoldenEntry {
  const full = bytesPath(root, path)
  const stat = lstatSync(full)
  const entry: GoldenEntry = {
    path,
    type: typeOf(stat),
    mode: (stat.mode & 0o7777).toString(8),
    modified: Math.floor(stat.mtimeMs / 1000),
  }
  if (entry.type === 'symlink') entry.target = readlinkSync(full)
  if (entry.type !== 'file') return entry
  const content = readFileSync(full)
  entry.bytes = content.length
  entry.sha256 = createHash('sha256').update(content).digest('hex')
  if (stat.nlink > 1) {
    if (!links.has(stat.ino)) links.set(stat.ino, links.size + 1)
    entry.hardLink = links.get(stat.ino)!
  }
  if (path === XATTR_PATH) {
    const hex = (value: string) => Buffer.from(value).toString('hex')
    entry.xattrs = Object.fromEntries(Object.entries(XATTRS).map(([k, v]) => [k, hex(v)]))
  }
  return entry
}

function typeOf(stat: Stats): GoldenEntry['type'] {
  if (stat.isDirectory()) return 'directory'
  if (stat.isSymbolicLink()) return 'symlink'
  if (stat.isFIFO()) return 'pipe'
  if (stat.isSocket()) return 'socket'
  return stat.isFile() ? 'file' : 'device'
}

function bytesPath(root: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), encodeName(path)])
}
