import { describe, expect, it, test } from 'vitest'
import { anExport, type FileSpec, look, sidecar } from '../../../../test/cases/an-export.ts'
import { formatLocal } from '../../../photos/zones.ts'
import { utf8 } from '../../../util/bytes.ts'

const INSTANT = 1_600_000_000 // 2020-09-13T12:26:40Z
const YEAR = 'Photos from 2020'
/** A photo of another export than its sidecar. */
const elsewhere = (facts: FileSpec): FileSpec => ({
  ...{ content: 'A', exportId: 'takeout-20260301T000000Z' },
  ...facts,
})
const local = (seconds: number) => ({ takenLocal: formatLocal(INSTANT + seconds) })

/** A photo of one export and the sidecar of another. */
function torn(path: string, facts: FileSpec, json = sidecar('IMG_1.jpg', INSTANT)) {
  const found = anExport({ [path]: elsewhere(facts), [`${YEAR}/IMG_1.jpg.json`]: json })
  return found.entry(path).sidecar
}
const JOINED = `Takeout/Google Photos/${YEAR}/IMG_1.jpg.json`
const PHOTO = `${YEAR}/IMG_1.jpg`

describe('a photo and a sidecar of different exports', () => {
  test.for([
    ['the clock in the photo shows the instant', PHOTO, local(0)],
    ['it shows it in a zone of full hours', PHOTO, local(2 * 3600)],
    ['it shows it in a zone of half hours', PHOTO, local(5.5 * 3600)],
    ['it shows it in a zone of quarters', PHOTO, local(-9.75 * 3600 + 3600)],
    ['it is a second off', PHOTO, local(3601)],
    ['the video says the instant', PHOTO, { quickTimeInstant: '2020-09-13T12:26:40Z' }],
    ['their folders are of one year', '/Takeout/Google Fotos/Fotos von 2020/IMG_1.jpg', local(0)],
  ] as const)('belong together when %s', ([, path, facts]) => {
    expect(torn(path, facts)).toBe(JOINED)
  })

  test.for([
    ['nothing tells when it was taken', PHOTO, {}],
    ['the clock in the photo shows another minute', PHOTO, local(60)],
    ['no zone is that far', PHOTO, local(15 * 3600)],
    ['the folder is of another year', 'Photos from 2019/IMG_1.jpg', local(0)],
    ['the folder is an album', 'Trip/IMG_1.jpg', local(0)],
    ['its name is another', `${YEAR}/IMG_2.jpg`, local(0)],
    ['its number is another', `${YEAR}/IMG_1(1).jpg`, local(0)],
  ] as const)('stay apart when %s', ([, path, facts]) => {
    expect(torn(path, facts)).toBeNull()
  })

  it('stay apart when the title names another file', () => {
    expect(torn(PHOTO, local(0), sidecar('DSC_7.jpg', INSTANT))).toBeNull()
  })

  it('belong together when the name of the photo states the second', () => {
    const name = 'PXL_20200913_122640123.jpg'
    const found = anExport({
      [`${YEAR}/${name}`]: elsewhere({}),
      [`${YEAR}/${name}.json`]: sidecar(name, INSTANT),
    })

    expect(found.entry(`${YEAR}/${name}`).sidecar).toContain(name)
  })

  it('stay apart when there are two such photos, and both are named', () => {
    const found = anExport({
      [PHOTO]: elsewhere(local(0)),
      [`${PHOTO}#2`]: elsewhere({
        ...local(0),
        content: 'B',
        exportId: 'takeout-20260501T000000Z',
      }),
      [`${YEAR}/IMG_1.jpg.json`]: sidecar('IMG_1.jpg', INSTANT),
    })

    expect(found.inventory.entries.map((entry) => entry.sidecar ?? null)).toEqual([
      null,
      null,
      null,
    ])
    expect(found.problems('AMBIGUOUS')).toContain(PHOTO)
  })

  it('leave alone a photo that has a sidecar in its own export', () => {
    const exportId = 'takeout-20260301T000000Z'
    const found = look(
      {
        parts: [],
        entries: [
          aSidecar(0, `${YEAR}/IMG_1.jpg.json`, 'June'),
          { ...aSidecar(1, `${YEAR}/IMG_1.jpg.json`, 'August'), exportId },
          { ...aPhoto(2), exportId },
        ],
      },
      new Map([[2, local(0)]]),
    )

    expect(found.inventory.items[0]).toMatchObject({ description: 'August' })
    expect(found.problems('ORPHAN_SIDECAR')).toHaveLength(1)
  })
})

const ROOT = 'Takeout/Google Photos'
const aPhoto = (index: number) => ({
  ...{ index, path: `${ROOT}/${PHOTO}`, part: 'x', exportId: 'takeout-20260101T000000Z' },
  ...{ bytes: 1000, crc32: 7 },
})
function aSidecar(index: number, path: string, description: string) {
  const json = utf8(JSON.stringify(sidecar('IMG_1.jpg', INSTANT, { description })))
  return { ...aPhoto(index), path: `${ROOT}/${path}`, json, bytes: json.length, crc32: index }
}

describe('halves of earlier exports', () => {
  const exportId = 'takeout-20250601T000000Z'
  const half = { exportId, half: exportId }

  it('are not there as long as nothing here completes them', () => {
    const alone = look({ parts: [], entries: [{ ...aPhoto(0), path: `${ROOT}/b.jpg` }] }, new Map())
    const entries = [
      ...alone.surveyed.entries,
      { ...aPhoto(1), ...half },
      { ...aSidecar(2, 'Trip/c.jpg.json', 'c'), ...half },
    ]
    const found = look({ parts: [], entries }, new Map([[1, local(0)]]))

    expect(found.inventory).toEqual(alone.inventory)
  })

  it('never complete each other by their names, which were compared in their export', () => {
    const entries = [
      { ...aPhoto(0), ...half },
      { ...aSidecar(1, `${YEAR}/IMG_1.jpg.json`, 'x'), ...half },
    ]

    expect(look({ parts: [], entries }, new Map([[0, local(0)]])).inventory.items).toEqual([])
  })

  it('bring their photo to a sidecar that is here, and say nothing of parts or albums', () => {
    const entries = [
      { ...aPhoto(0), ...half, part: 'takeout-20250601T000000Z-004.zip' },
      aSidecar(1, `${YEAR}/IMG_1.jpg.json`, 'Harbour'),
    ]
    const { inventory } = look({ parts: [], entries }, new Map([[0, local(0)]]))

    expect(inventory.items).toMatchObject([{ description: 'Harbour' }])
    expect(inventory.summary.exports).toMatchObject([{ id: 'takeout-20260101T000000Z' }])
    expect(inventory.problems).toEqual([])
    expect(inventory.entries.map(({ apart }) => apart)).toEqual(['joined', 'joined'])
  })

  it('bring a live photo whole', () => {
    const clip = { ...aPhoto(2), ...half, path: `${ROOT}/${YEAR}/IMG_1.MP4`, crc32: 8 }
    const entries = [
      { ...aPhoto(0), ...half },
      aSidecar(1, `${YEAR}/IMG_1.jpg.json`, 'Harbour'),
      clip,
    ]
    const { inventory } = look({ parts: [], entries }, new Map([[0, local(0)]]))

    expect(inventory.items[0]!.files.map(({ role }) => role)).toEqual(['original', 'clip'])
  })
})
