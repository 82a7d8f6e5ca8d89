/**
 * What makes two different files the same shot: one camera, one moment, one name, one size in
 * pixels. The third way to recognise an item, after its bytes and its link: Google and phones
 * re-encode, and neither bytes nor links survive that.
 * @module
 */
import type { MediaFacts } from '../media-facts.ts'
import { splitExtension } from './file-name.ts'

/**
 * Undefined when the file says too little to be sure: a second alone is shared by a burst, so either
 * its fraction is known, or both the camera and a name with a number of its own.
 */
export function captureIdentity(title: string, facts: MediaFacts): string | undefined {
  const { takenLocal, subSeconds, quickTimeInstant, width, height } = facts
  const moment = takenLocal ?? quickTimeInstant
  if (moment === undefined || !width || !height) return undefined
  const { stem } = splitExtension(title.normalize('NFC').trim().toLowerCase())
  const camera = [facts.cameraMake, facts.cameraModel].map((word) => word?.trim() ?? '').join(' ')
  const isExact = subSeconds !== undefined && /[1-9]/.test(subSeconds)
  if (stem === '' || !(isExact || (camera.trim() !== '' && NUMBERED.test(stem)))) return undefined
  return [camera, `${moment}.${subSeconds ?? ''}`, stem, `${width}x${height}`].join('|')
}

/** `IMG_0170`, `20210701_120000`; not `image` or `photo1`. */
const NUMBERED = /\d{3}/
