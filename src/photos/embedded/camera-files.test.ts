/**
 * Facts of files that real cameras wrote, as ExifTool 12 tells them. The files are not part of the
 * project; without them these tests are skipped.
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'
import { MediaExaminer } from './media-examiner.ts'

const folder = fileURLToPath(new URL('../../../../shared/samples/photos/', import.meta.url))
const isThere = existsSync(folder)
const title = isThere
  ? 'camera files'
  : 'camera files (skipped: ../shared/samples/photos is not there)'

function factsOf(name: string) {
  const bytes = readFileSync(folder + name)
  const examiner = new MediaExaminer(name, bytes.length)
  for (let wanted = examiner.wants(); wanted !== undefined; wanted = examiner.wants()) {
    examiner.give(wanted.offset, bytes.subarray(wanted.offset, wanted.offset + wanted.length))
  }
  return examiner.facts()
}

describe.skipIf(!isThere)(title, () => {
  test.for([
    {
      name: 'IMG_5195.HEIC',
      facts: {
        mediaType: 'image/heic',
        width: 2566,
        height: 3313,
        cameraMake: 'Apple',
        cameraModel: 'iPhone 11 Pro Max',
        takenLocal: '2021-04-11T15:47:53',
        takenOffset: '-05:00',
        subSeconds: '054',
        contentIdentifier: '570F1469-09C7-4E50-9875-05F21D5BD166',
        latitude: expect.closeTo(39.0513444, 6),
        longitude: expect.closeTo(-94.2887722, 6),
        altitude: expect.closeTo(260.5606383, 6),
      },
    },
    {
      name: 'gps_DSCN0010.jpg',
      facts: {
        mediaType: 'image/jpeg',
        width: 640,
        height: 480,
        cameraMake: 'NIKON',
        cameraModel: 'COOLPIX P6000',
        takenLocal: '2008-10-22T16:28:39',
        gpsInstant: '2008-10-23T14:27:07Z',
        latitude: expect.closeTo(43.4674483, 6),
        longitude: expect.closeTo(11.8851267, 6),
      },
    },
    {
      name: 'mobile_HMD_Nokia_8.3_5G_hdr.heif',
      facts: {
        mediaType: 'image/heic',
        width: 4608,
        height: 3456,
        gpsInstant: '2022-01-12T07:30:14Z',
        latitude: expect.closeTo(40.6629935, 6),
        longitude: expect.closeTo(-3.7637405, 6),
        altitude: expect.closeTo(940.3186, 4),
      },
    },
  ])('$name tells date, place and camera', ({ name, facts }) => {
    expect(factsOf(name)).toMatchObject(facts)
  })

  it('are all recognised as pictures with a size, damaged ones included', () => {
    const facts = readdirSync(folder).map(factsOf)

    expect(facts).toHaveLength(90)
    expect(facts.filter(({ mediaType }) => mediaType?.startsWith('image/'))).toHaveLength(90)
    expect(facts.filter(({ width }) => width !== undefined)).toHaveLength(90)
  })
})
