/**
 * What Google appends to the name of an edited rendition, in the language of the account
 * (reference: variants.md). Without the dash, lower case, composed.
 * @module
 */
const SUFFIXES = [
  'edited',
  'effects',
  'bearbeitet',
  'modifié',
  'modificato',
  'ha editado',
  'editado',
  'editat',
  'bewerkt',
  'edytowane',
  '編集済み',
  '已修改',
  '编辑',
  '修改',
  '已編輯',
  '편집됨',
  'измененный',
  'отредактировано',
  'відредаговано',
  'redigeret',
  'redigerad',
  'redigert',
  'muokattu',
  'düzenlendi',
  'upravené',
  'upraveno',
  'szerkesztett',
].map((suffix) => suffix.normalize('NFC'))

/**
 * How surely the text after the last dash marks an edited rendition: `known` word, `cut` form of
 * one, or other letters; undefined when it cannot be a suffix.
 */
export function suffixStrength(suffix: string): 'known' | 'cut' | 'letters' | undefined {
  const text = suffix.toLowerCase()
  if (SUFFIXES.includes(text)) return 'known'
  if (SUFFIXES.some((known) => known.startsWith(text))) return 'cut'
  return /^[\p{L}\p{M}][\p{L}\p{M} ]*$/u.test(suffix) ? 'letters' : undefined
}
