/**
 * Random sets of downloaded archives: complete, or with parts that are missing, cut, flipped,
 * there twice, renamed, or of another export, and with sidecars taken out. Each with its truth.
 * @module
 */
import type { ExportPlan } from '../../../scripts/sample-library/model.ts'
import { type Random, randomFrom } from '../../../scripts/sample-library/random.ts'
import type { ExportEntry } from '../../../scripts/sample-library/takeout.ts'
import { cut, flip } from './damages.ts'
import { type DeliveredFile, deliverFile } from './delivered-file.ts'
import { tinyExport, tinyLibrary } from './tiny-library.ts'

export interface DamageSet {
  files: DeliveredFile[]
  /** What was done, for whoever has to find out why a set fails. */
  story: string[]
  /** Numbers before the highest one that is there are missing. */
  hasGap: boolean
  /** Nothing was done that could lose a photo or the sign of one. */
  isIntact: boolean
}

type Damage = 'drop' | 'cut' | 'flip' | 'duplicate' | 'rename'
const DAMAGES: readonly Damage[] = ['drop', 'cut', 'flip', 'duplicate', 'rename']
/** Those that leave every entry where it was. */
const HARMLESS: readonly string[] = ['duplicate', 'rename']

export async function damageSet(seed: number): Promise<DamageSet> {
  const random = randomFrom(seed)
  const story: string[] = []
  const parts = 1 + random.below(4)
  let files = await anExport(random, { stamp: '20240115T101500Z', parts, form: 'old', story })
  const isMixed = random.below(4) === 0
  if (isMixed) {
    story.push('mixed with another export')
    const second = { stamp: '20250615T093000Z', parts: 1 + random.below(3), form: 'new' as const }
    files.push(...(await anExport(random, { ...second, story })))
  }
  const done = new Set<Damage>()
  for (let count = random.below(4); count > 0; count--) {
    const damage = random.pick(DAMAGES)
    const number = random.below(files.length)
    if (damage === 'drop' && files.length === 1) continue
    done.add(damage)
    story.push(`${damage} ${files[number]!.name}`)
    files = await damaged(files, number, damage, random)
  }
  // a renamed part of one of two exports belongs to either: nobody can tell that all is there
  const isTold = !(done.has('rename') && isMixed)
  const isIntact = isTold && [...done].every((damage) => HARMLESS.includes(damage))
  return { files, story, isIntact, hasGap: hasGap(files.map(({ name }) => name)) }
}

interface ExportSketch {
  stamp: string
  parts: number
  form: ExportPlan['sidecarForm']
  story: string[]
}

/** Both exports show one library, the later one more of it. */
async function anExport(random: Random, sketch: ExportSketch): Promise<DeliveredFile[]> {
  const library = tinyLibrary(randomFrom(7), { shots: 3 + random.below(8) })
  const plan = { stamp: sketch.stamp, sidecarForm: sketch.form, seed: 1 }
  let entries = tinyExport(library, plan)
  if (random.below(4) === 0) {
    sketch.story.push('sidecars removed')
    entries = entries.filter(({ truth }) => truth.class !== 'sidecar' || random.below(3) > 0)
  }
  const shares: ExportEntry[][] = Array.from({ length: sketch.parts }, () => [])
  for (const entry of entries) shares[random.below(sketch.parts)]!.push(entry)
  const isTgz = random.below(4) === 0
  const names = shares.map((_, at) => partName(sketch.stamp, at + 1, isTgz ? 'tgz' : 'zip'))
  return Promise.all(shares.map((share, at) => deliverFile(names[at]!, share)))
}

function partName(stamp: string, number: number, extension: string): string {
  return `takeout-${stamp}-${String(number).padStart(3, '0')}.${extension}`
}

async function damaged(
  files: readonly DeliveredFile[],
  number: number,
  damage: Damage,
  random: Random,
): Promise<DeliveredFile[]> {
  const file = files[number]!
  const others = files.filter((other) => other !== file)
  if (damage === 'drop') return others
  // two kinds of damage in one archive: their truths cannot be told apart
  const isSound = file.isDamaged === false
  if (damage === 'cut') return isSound ? [...others, cut(file, random)] : [...files]
  if (damage === 'flip') return isSound ? [...others, flip(file, random)] : [...files]
  const name = anotherName(file.name, files, damage)
  return damage === 'duplicate' ? [...files, { ...file, name }] : [...others, { ...file, name }]
}

/** As browsers number a second download, and as people rename a file. */
function anotherName(name: string, files: readonly DeliveredFile[], damage: Damage): string {
  const dot = name.lastIndexOf('.')
  for (let n = 1; ; n++) {
    const stem = damage === 'duplicate' ? `${name.slice(0, dot)} (${n})` : `Fotos ${n}`
    const other = stem + name.slice(dot)
    if (files.every((file) => file.name !== other)) return other
  }
}

function hasGap(names: readonly string[]): boolean {
  const numbers = new Map<string, Set<number>>()
  for (const name of names) {
    const [, stamp, number] = /takeout-(\w+)-(\d{3})/.exec(name) ?? []
    if (stamp === undefined) continue
    numbers.set(stamp, (numbers.get(stamp) ?? new Set()).add(Number(number)))
  }
  return [...numbers.values()].some((own) => Math.max(...own) !== own.size)
}
