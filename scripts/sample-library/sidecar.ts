/**
 * The JSON that Takeout puts beside media and into album folders: two-space indentation, 64-bit
 * numbers as strings, unset flags left out, localized dates with narrow no-break spaces.
 * @module
 */
import { createHash } from 'node:crypto'
import type { ExportPlan, SampleAlbum, Shot } from './model.ts'

const NOWHERE = { latitude: 0, longitude: 0, altitude: 0, latitudeSpan: 0, longitudeSpan: 0 }
const UPLOADED_AFTER_SECONDS = 7200

export function sidecarBytes(shot: Shot, plan: ExportPlan): Buffer {
  const position = shot.position ? { ...NOWHERE, ...shot.position } : NOWHERE
  const shown = shot.positionInFileOnly ? NOWHERE : position
  const json = {
    title: shot.title,
    description: shot.description ?? '',
    imageViews: String(views(shot, plan)),
    creationTime: timeOf(shot.taken.epoch + UPLOADED_AFTER_SECONDS),
    photoTakenTime: timeOf(shot.taken.epoch),
    geoData: shown,
    ...(plan.sidecarForm === 'old' ? { geoDataExif: shown } : {}),
    ...(shot.people.length > 0 ? { people: shot.people.map((name) => ({ name })) } : {}),
    ...(shot.favorite ? { favorited: true } : {}),
    ...(shot.archived ? { archived: true } : {}),
    ...(shot.trashed ? { trashed: true } : {}),
    url: `https://photos.google.com/photo/AF1QipN${digest(shot.key)}`,
    ...(shot.origin ? { googlePhotosOrigin: { [shot.origin]: originDetails(shot) } } : {}),
  }
  const whole = Buffer.from(JSON.stringify(json, null, 2))
  return shot.sidecar === 'broken' ? whole.subarray(0, whole.length / 2) : whole
}

/** Grows from export to export, so that sidecars differ where nothing of interest has changed. */
function views(shot: Shot, plan: ExportPlan): number {
  return (shot.title.length % 7) + (plan.seed % 5)
}

function originDetails({ origin, deviceFolder }: Shot): object {
  if (origin === 'composition') return { type: 'ANIMATION' }
  if (origin === 'webUpload') return { computerUpload: {} }
  if (origin !== 'mobileUpload') return {}
  const deviceFolderObject = { localFolderName: deviceFolder ?? '' }
  return { deviceType: 'ANDROID_PHONE', deviceFolder: deviceFolderObject }
}

export function albumFileBytes(album: SampleAlbum, plan: ExportPlan): Buffer {
  const { title, description } = album
  const old = { access: 'protected', date: timeOf(album.date), geoData: NOWHERE }
  // Since 2025 there is often nothing but the title.
  const json =
    plan.sidecarForm === 'old'
      ? { title, description: description ?? '', ...old }
      : { title, ...(description ? { description } : {}) }
  return Buffer.from(JSON.stringify(json, null, 2))
}

function timeOf(epoch: number): { timestamp: string; formatted: string } {
  const date = new Date(epoch * 1000)
  const formatted = date.toLocaleString('en-US', {
    timeZone: 'UTC',
    dateStyle: 'medium',
    timeStyle: 'medium',
  })
  // What separates time and AM differs between versions of the ICU data; Takeout writes U+202F.
  return {
    timestamp: String(epoch),
    formatted: `${formatted.replace(/\s(?=[AP]M)/u, '\u202f')} UTC`,
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 57)
}
