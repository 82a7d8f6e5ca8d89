/**
 * Pictures to look at: a landscape with sky, sun and hills, another one for each seed.
 * @module
 */
import type { Random } from '../random.ts'

export interface Picture {
  width: number
  height: number
  /** RGBA, row by row. */
  data: Uint8Array
}

type Color = readonly [number, number, number]

interface Scene {
  skyTop: Color
  skyBottom: Color
  sun: { x: number; y: number; radius: number }
  hills: { color: Color; base: number; waves: { height: number; pace: number; phase: number }[] }[]
}

const SKIES: [Color, Color][] = [
  [
    [64, 120, 200],
    [190, 220, 240],
  ],
  [
    [40, 40, 90],
    [250, 150, 90],
  ],
  [
    [110, 160, 210],
    [240, 240, 230],
  ],
  [
    [20, 25, 60],
    [90, 70, 130],
  ],
]
const SUN: Color = [255, 240, 190]

export function imagineScene(random: Random): Scene {
  const [skyTop, skyBottom] = random.pick(SKIES)
  const green = 60 + random.below(80)
  return {
    skyTop,
    skyBottom,
    sun: { x: random.next(), y: 0.1 + random.next() * 0.35, radius: 0.05 + random.next() * 0.06 },
    hills: [0, 1, 2].map((layer) => ({
      color: [30 + layer * 12, green - layer * 18, 70 - layer * 20],
      base: 0.55 + layer * 0.15,
      waves: [1, 2, 3].map((wave) => ({
        height: (0.08 * random.next()) / wave,
        pace: wave * (1.5 + random.next() * 2),
        phase: random.next() * 7,
      })),
    })),
  }
}

/** `moment` from 0 to 1 moves the sun along its way, for films. */
export function paint(scene: Scene, width: number, height: number, moment = 0): Picture {
  const data = new Uint8Array(width * height * 4).fill(255)
  const sky = Array.from({ length: height }, (_, y) => skyColor(scene, y / height))
  const sunX = ((scene.sun.x + moment * 0.3) % 1) * width
  const sunY = scene.sun.y * height
  for (let x = 0; x < width; x++) {
    const skyline = scene.hills.map((hill) => hillTop(hill, x / width) * height)
    for (let y = 0; y < height; y++) {
      const layer = skyline.findLastIndex((top) => y > top)
      const isSun = Math.hypot(x - sunX, y - sunY) < scene.sun.radius * width
      const color = layer >= 0 ? scene.hills[layer]!.color : isSun ? SUN : sky[y]!
      data.set(color, (y * width + x) * 4)
    }
  }
  return { width, height, data }
}

function hillTop(hill: Scene['hills'][number], x: number): number {
  return hill.waves.reduce(
    (top, wave) => top - wave.height * Math.sin(x * wave.pace + wave.phase),
    hill.base,
  )
}

function skyColor({ skyTop, skyBottom }: Scene, y: number): Color {
  const mix = (channel: 0 | 1 | 2) => Math.round(skyTop[channel] * (1 - y) + skyBottom[channel] * y)
  return [mix(0), mix(1), mix(2)]
}

/** The picture as a filter in the product would leave it: grey, a little warm. */
export function inSepia(picture: Picture): Picture {
  const data = new Uint8Array(picture.data)
  for (let at = 0; at < data.length; at += 4) {
    const grey = 0.3 * data[at]! + 0.6 * data[at + 1]! + 0.1 * data[at + 2]!
    data.set([Math.min(grey * 1.07, 255), grey, grey * 0.85], at)
  }
  return { ...picture, data }
}
