/**
 * Emphasis on a terminal. In pipes, with `NO_COLOR` or `TERM=dumb`, `plain` leaves text as it is.
 * @module
 */
export interface Style {
  strong(text: string): string
  faint(text: string): string
  good(text: string): string
  warning(text: string): string
  bad(text: string): string
}

const asItIs = (text: string) => text

export const plain: Style = {
  strong: asItIs,
  faint: asItIs,
  good: asItIs,
  warning: asItIs,
  bad: asItIs,
}

/** Select Graphic Rendition (ECMA-48 8.3.117): on and off codes. */
const sgr = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`

export const colourful: Style = {
  strong: sgr(1, 22),
  faint: sgr(2, 22),
  good: sgr(32, 39),
  warning: sgr(33, 39),
  bad: sgr(31, 39),
}

/** The style of an output stream in this environment. */
export function styleFor(
  stream: { isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Style {
  return stream.isTTY && !env.NO_COLOR && env.TERM !== 'dumb' ? colourful : plain
}
