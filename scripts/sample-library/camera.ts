/**
 * Takes the pictures of the sample library: gives a shot its files, as its device would write them.
 * @module
 */
import type { ExifContent } from './media/exif.ts'
import { gifFile, jpegFile, motionPhotoXmp, pngFile } from './media/images.ts'
import { movieFile } from './media/movie.ts'
import { imagineScene, inSepia, paint } from './media/painting.ts'
import { instantOf, localOf, momentAt, offsetOf, type Position, type Shot } from './model.ts'
import { randomFrom, seedOf } from './random.ts'

export interface Device {
  make: string
  model: string
  /** Phones write the zone, older cameras do not. */
  writesOffset: boolean
}

export const PIXEL: Device = { make: 'Google', model: 'Pixel 7', writesOffset: true }
export const IPHONE: Device = { make: 'Apple', model: 'iPhone 12', writesOffset: true }
export const REFLEX: Device = { make: 'Canon', model: 'Canon EOS 80D', writesOffset: false }

export type ShotOptions = Partial<Omit<Shot, 'key' | 'title' | 'files' | 'taken'>> & {
  /** Wall clock with offset, `2021-07-01T12:00:00+02:00`. */
  at: string
  /** Without one, the file has no Exif: screenshots, messengers, scans. */
  device?: Device
}

export class Camera {
  readonly #seed: number

  constructor(seed: number) {
    this.#seed = seed
  }

  /** A plain photo; `title` may promise another kind than the JPEG it is. */
  photo(title: string, options: ShotOptions): Shot {
    const shot = this.#shot(title, options)
    const bytes = jpegFile(this.#picture(shot), exifOf(shot, options.device))
    return withFile(shot, bytes, 'image/jpeg')
  }

  screenshot(title: string, options: ShotOptions): Shot {
    const shot = this.#shot(title, options)
    return withFile(shot, pngFile(this.#picture(shot)), 'image/png')
  }

  animation(title: string, options: ShotOptions): Shot {
    const shot = this.#shot(title, { origin: 'composition', ...options })
    return withFile(shot, gifFile(this.#frames(shot, 4)), 'image/gif')
  }

  film(title: string, options: ShotOptions): Shot {
    const shot = this.#shot(title, options)
    const isQuickTime = title.toLowerCase().endsWith('.mov')
    const bytes = movieFile({
      kind: isQuickTime ? 'quicktime' : 'mp4',
      frames: this.#frames(shot, 5),
      framesPerSecond: 2,
      createdEpoch: shot.taken.epoch,
      ...(isQuickTime ? { keys: appleKeys(shot) } : {}),
    })
    return withFile(shot, bytes, isQuickTime ? 'video/quicktime' : 'video/mp4')
  }

  /** Still and clip of an iPhone, joined by Apple's content identifier. */
  livePhoto(title: string, clipTitle: string, options: ShotOptions): Shot {
    const shot = this.#shot(title, options)
    const contentIdentifier = uuid(seedOf(shot.key, this.#seed))
    const isQuickTime = clipTitle.toLowerCase().endsWith('.mov')
    const metadata = { exif: { ...exifOf(shot, IPHONE).exif, contentIdentifier } }
    const clip = movieFile({
      kind: isQuickTime ? 'quicktime' : 'mp4',
      frames: this.#frames(shot, 4),
      framesPerSecond: 3,
      createdEpoch: shot.taken.epoch,
      keys: { ...appleKeys(shot), 'com.apple.quicktime.content.identifier': contentIdentifier },
    })
    withFile(shot, jpegFile(this.#picture(shot), metadata), 'image/jpeg')
    const mediaType = isQuickTime ? 'video/quicktime' : 'video/mp4'
    shot.files.push({ role: 'clip', bytes: clip, mediaType, title: clipTitle })
    return shot
  }

  /** Still of a Pixel with the clip inside; Takeout adds the clip again. */
  motionPhoto(title: string, clipTitle: string, options: ShotOptions): Shot {
    const shot = this.#shot(title, options)
    const clip = movieFile({
      kind: 'mp4',
      frames: this.#frames(shot, 4),
      framesPerSecond: 3,
      createdEpoch: shot.taken.epoch,
      moovFirst: true,
    })
    const xmp = motionPhotoXmp(clip.length)
    const still = jpegFile(this.#picture(shot), { ...exifOf(shot, PIXEL), xmp })
    withFile(shot, Buffer.concat([still, clip]), 'image/jpeg')
    shot.files.push({ role: 'clip', bytes: clip, mediaType: 'video/mp4', title: clipTitle })
    return shot
  }

  /** Adds the rendition with a filter that the owner made in the product. */
  edit(shot: Shot, suffix: string, extension: string): Shot {
    const bytes = jpegFile(inSepia(this.#picture(shot)), { exif: { local: localOf(shot.taken) } })
    const edited = { role: 'edited', bytes, mediaType: 'image/jpeg', suffix, extension } as const
    return { ...shot, files: [...shot.files, edited] }
  }

  #shot(title: string, { at, device, ...rest }: ShotOptions): Shot {
    return {
      key: `${title} ${at}`,
      title,
      files: [],
      taken: momentAt(at),
      people: [],
      favorite: false,
      archived: false,
      trashed: false,
      albums: [],
      onlyInAlbums: false,
      sidecar: 'proper',
      decomposedName: false,
      ...(device || rest.position ? {} : { offsetIsUnknown: true }),
      ...rest,
    }
  }

  #picture(shot: Shot) {
    const random = randomFrom(seedOf(shot.key, this.#seed))
    const [width, height] = random.pick([
      [160, 120],
      [120, 160],
      [160, 90],
      [96, 64],
    ] as const)
    return paint(imagineScene(random), width, height)
  }

  #frames(shot: Shot, count: number) {
    const scene = imagineScene(randomFrom(seedOf(shot.key, this.#seed)))
    return Array.from({ length: count }, (_, frame) => paint(scene, 64, 48, frame / count))
  }
}

function withFile(shot: Shot, bytes: Uint8Array, mediaType: string): Shot {
  shot.files.push({ role: 'original', bytes, mediaType })
  return shot
}

function exifOf(shot: Shot, device: Device | undefined): { exif?: ExifContent } {
  if (device === undefined) return {}
  return {
    exif: {
      make: device.make,
      model: device.model,
      local: localOf(shot.taken),
      ...(device.writesOffset ? { offset: offsetOf(shot.taken), subSeconds: '250' } : {}),
      ...(shot.position ? { ...shot.position, fixedAt: instantOf(shot.taken) } : {}),
    },
  }
}

function appleKeys(shot: Shot): Record<string, string> {
  return {
    'com.apple.quicktime.creationdate': localOf(shot.taken) + offsetOf(shot.taken).replace(':', ''),
    'com.apple.quicktime.make': IPHONE.make,
    'com.apple.quicktime.model': IPHONE.model,
    ...(shot.position ? { 'com.apple.quicktime.location.ISO6709': iso6709(shot.position) } : {}),
  }
}

/** `+43.7696+011.2558+050.000/` */
function iso6709({ latitude, longitude, altitude }: Position): string {
  const signed = (value: number, digits: number, width: number) =>
    (value < 0 ? '-' : '+') + Math.abs(value).toFixed(digits).padStart(width, '0')
  return `${signed(latitude, 4, 7)}${signed(longitude, 4, 8)}${signed(altitude, 3, 7)}/`
}

function uuid(seed: number): string {
  const hex = Buffer.from(randomFrom(seed).fill(new Uint8Array(16)))
    .toString('hex')
    .toUpperCase()
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
