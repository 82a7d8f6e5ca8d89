import { CodedError } from '../../util/coded-error.ts'

/** `--album` named none of the snapshot's albums. */
export class NoSuchAlbumError extends CodedError {
  readonly code = 'NO_SUCH_ALBUM'
  constructor(title: string, albums: readonly { title: string }[]) {
    const wanted = title.toLowerCase()
    const near = albums.map((album) => album.title).filter((t) => t.toLowerCase().includes(wanted))
    super(`the snapshot has no album "${title}"`, {
      hint:
        near.length > 0
          ? `Did you mean ${near
              .slice(0, 5)
              .map((t) => `"${t}"`)
              .join(', ')}?`
          : 'List the albums with: albums',
    })
  }
}
