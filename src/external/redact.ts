/**
 * Takes secrets out of what other programs say before anybody reads it.
 * @module
 */

const MASK = '***'
/** Names of variables whose values are secrets. */
const SECRET_NAME = /PASS|SECRET|TOKEN|KEY|CREDENTIAL|AUTH/i
/** Shorter values are no secrets, and would mask ordinary words. */
const MIN_SECRET_LENGTH = 6

/** The values in an environment that must never be shown. */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= MIN_SECRET_LENGTH && SECRET_NAME.test(name)
      ? [value]
      : [],
  )
}

/** `text` without the secrets, and without what stands where names and passwords do in addresses. */
export function redact(text: string, secrets: readonly string[]): string {
  let redacted = text.replace(/\/\/[^/\s@]+@/g, `//${MASK}@`)
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length)
  for (const secret of longestFirst) redacted = redacted.replaceAll(secret, MASK)
  return redacted
}
