/**
 * What the names of folders mean, in every language that was seen. Names follow the account's
 * language at the time of the export; mixed forms occur (reference: folders.md).
 * @module
 */
import { folded } from './text.ts'

export type SpecialKind = 'archive' | 'trash' | 'locked' | 'failed'

/** Spaces may be no-break, apostrophes typographic. */
export function normalFolderName(name: string): string {
  return folded(name)
    .replace(/[\u00a0\u202f\u2007]/g, ' ')
    .replace(/[’ʼ]/g, "'")
}

const normalSet = (names: readonly string[]) => new Set(names.map(normalFolderName))

const PHOTOS_ROOTS = normalSet([
  'Google Photos',
  'Google Fotos',
  'Google Foto',
  "Google Foto's",
  'Google Foto_s',
  'Google Фото',
  'Google Снимки',
  'Fotky Google',
  'Zdjęcia Google',
  'Photos Google',
  'Google Foton',
  'Google Bilder',
  'Google Billeder',
  'Google Kuvat',
  'Google Fotók',
  'Google Fotoğraflar',
  'Google フォト',
  'Google 포토',
  'Google 相册',
  'Google 照片',
  'Google 相簿',
  'Google 相片',
])

export function isPhotosRootName(name: string): boolean {
  return PHOTOS_ROOTS.has(normalFolderName(name))
}

/** `#` stands for the year. */
const YEAR_FORMS = normalSet([
  'Photos from #',
  'Fotos von #',
  'Fotos aus #',
  'Photos de #',
  'Fotos de #',
  'Fotos del #',
  'Foto del #',
  'Foto dal #',
  "Foto's uit #",
  "Foto's van #",
  'Foto_s uit #',
  'Foto_s van #',
  'Zdjęcia z #',
  'Фото за #',
  'Фотографии за #',
  'Снимки от #',
  'Fotky z #',
  'Fotografii din #',
  'Foton från #',
  'Bilder fra #',
  'Billeder fra #',
  'Valokuvat #',
  'Fényképek - #',
  'Fotoğraflar #',
  '#年の写真',
  '# 年の写真',
  '#년의 사진',
  '#年的照片',
  '#年的相片',
])

/** The one year in a folder name, and the name with `#` in its place. */
export function yearTemplate(name: string): { template: string; year: number } | undefined {
  const normal = normalFolderName(name)
  const years = [...normal.matchAll(/(?<!\d)(1[89]\d\d|20\d\d)(?!\d)/g)]
  if (years.length !== 1) return undefined
  return { template: normal.replace(years[0]![0], '#'), year: Number(years[0]![0]) }
}

/** The year of a year folder in a known language. */
export function yearOfFolderName(name: string): number | undefined {
  const found = yearTemplate(name)
  return found !== undefined && YEAR_FORMS.has(found.template) ? found.year : undefined
}

const SPECIAL: Record<SpecialKind, ReadonlySet<string>> = {
  archive: normalSet(
    'Archive Archives Archivo Arquivo Archiv Archivio Archief Archiwum Архив Архів Arxiu アーカイブ 归档 封存 보관처리됨 보관함 Arkiv Arkisto Arşiv'.split(
      ' ',
    ),
  ),
  trash: normalSet(
    'Trash Bin Papelera Lixeira Lixo Corbeille Papierkorb Cestino Prullenbak Kosz Корзина Кошик Paperera ゴミ箱 回收站 垃圾桶 휴지통 Papirkurv Papperskorg Papperskorgen Roskakori Koš Kôš Kuka'.split(
      ' ',
    ),
  ),
  locked: normalSet([
    'Locked Folder',
    'Carpeta privada',
    'Carpeta bloqueada',
    'Pasta trancada',
    'Dossier verrouillé',
    'Gesperrter Ordner',
    'Cartella bloccata',
    'Vergrendelde map',
  ]),
  failed: normalSet(['Failed Videos']),
}

/** What a folder of this name is when its contents do not say otherwise. */
export function specialKindOf(name: string): SpecialKind | undefined {
  const normal = normalFolderName(name)
  const kinds = Object.keys(SPECIAL) as SpecialKind[]
  return kinds.find((kind) => SPECIAL[kind].has(normal))
}

const UNTITLED = normalSet([
  'Untitled',
  'Sans titre',
  'Sin título',
  'Senza titolo',
  'Unbenannt',
  'Ohne Titel',
  'Sem título',
  'Zonder titel',
  'Naamloos',
  'Без названия',
  'Bez tytułu',
  'Sense títol',
  '無題',
  '未命名',
  '无标题',
  'Nimetön',
  'Adsız',
])

/** Folder of an album that never got a name: `Untitled`, `Sans titre(9)`. */
export function isUntitledName(name: string): boolean {
  return UNTITLED.has(normalFolderName(withoutFolderCounter(name)))
}

/** `Trip` of `Trip(1)`: the counter is not part of the title. */
export function withoutFolderCounter(name: string): string {
  return name.replace(/^(.+)\([1-9]\d*\)$/s, '$1')
}

const ALBUM_FILES = normalSet(
  'metadata métadonnées metadatos metadados metadades metadati Metadaten metadáta metadata метаданные метаданни метадані metadane'.split(
    ' ',
  ),
)

/** Name of the file in which an album's title stands, without `.json`. */
export function isAlbumFileName(name: string): boolean {
  return ALBUM_FILES.has(normalFolderName(withoutFolderCounter(name)))
}

const NOT_ABOUT_MEDIA = normalSet([
  'print-subscriptions',
  'shared_album_comments',
  'user-generated-memory-titles',
])

/** JSON files of the photos root that describe no photo and no album. */
export function isOtherJsonName(name: string): boolean {
  return NOT_ABOUT_MEDIA.has(normalFolderName(withoutFolderCounter(name)))
}
