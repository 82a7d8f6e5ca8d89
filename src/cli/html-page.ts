/**
 * How every page of ours begins: one file with no script, font or picture, that fetches nothing from
 * anywhere and sends nothing anywhere, whatever stands in it.
 * @module
 */
import { escaped } from './html-text.ts'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** The lines down to where the content begins; `</body>` and `</html>` end it. */
export function pageHead(title: string, style: string): string[] {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}\n</style>`,
    '</head>',
    '<body>',
  ]
}
