/**
 * How random bytes look, in bits per byte: 0 for one value only, 8 for noise. Kloset records it
 * for every chunk; it steers nothing.
 * @module
 */

/** About 5 µs per chunk; reading all of a MiB would take a hundred times that. */
const SAMPLE_BYTES = 4096

/**
 * Order-0 Shannon entropy of up to 4096 evenly spaced bytes of `data`: exact when there are no
 * more, and then bit for bit what plakar computes on amd64. 0 when empty.
 */
export function sampleEntropy(data: Uint8Array): number {
  const samples = Math.min(data.length, SAMPLE_BYTES)
  const step = data.length / samples
  const histogram = new Uint32Array(256)
  for (let n = 0; n < samples; n++) histogram[data[Math.floor(n * step)]!]!++
  let entropy = 0
  for (const count of histogram) {
    if (count === 0) continue
    const p = count / samples
    entropy -= p * goLog2(p)
  }
  return entropy
}

/** log2 as Go computes it; Math.log2 differs in the last bit now and then. `x` is in (0, 1]. */
function goLog2(x: number): number {
  let fraction = x
  let exponent = 0
  while (fraction < 0.5) {
    fraction *= 2
    exponent--
  }
  if (fraction === 1) return 0
  if (fraction === 0.5) return exponent - 1
  return Math.log(fraction) * Math.LOG2E + exponent
}
