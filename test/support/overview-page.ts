/**
 * The page `Takeout/archive_browser.html` of an export, with the marks by which it is read.
 * @module
 */
import { utf8 } from '../../src/util/bytes.ts'

const KEYS: Record<string, string> = { Drive: 'DRIVE', Keep: 'KEEP' }

/** @param products files, `folder/name`, by the name of the product's folder */
export function overviewPage(products: Readonly<Record<string, readonly string[]>>): Uint8Array {
  const services = Object.entries(products).map(([name, files]) => serviceHtml(name, files))
  return utf8(`<!DOCTYPE html><html><head><meta charset="utf-8"><title>Archive</title></head><body>
<h1 class="header_title">Archive for someone@example.com</h1>
<div class="header_subtext">Jan 15, 2024, 10:15:00 AM UTC • 1.5 GB • <a href="x">Learn more</a></div>
${services.join('\n')}
</body></html>
`)
}

function serviceHtml(name: string, files: readonly string[]): string {
  const folders = new Map<string, string[]>()
  for (const file of files) {
    const at = file.lastIndexOf('/')
    const folder = file.slice(0, Math.max(0, at))
    folders.set(folder, [...(folders.get(folder) ?? []), file.slice(at + 1)])
  }
  const count = files.length.toLocaleString('en-US')
  return [
    `<div id="service-details-${KEYS[name] ?? 'PHOTOS'}" class="service-detail">`,
    `<div class="service-header"><h1>${escaped(name)}</h1>${count} files exported successfully • 1.2 GB</div>`,
    ...[...folders].flatMap(([folder, names]) => [
      folder === '' ? '' : `<div class="extracted-folder-name">${escaped(folder)}</div>`,
      ...names.map(
        (each) =>
          `<div class="file-leaf"><div class="extracted-file-name">${escaped(each)}</div></div>`,
      ),
    ]),
    '</div>',
  ].join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
