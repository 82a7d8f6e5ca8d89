/**
 * The size of a file that can only be asked whether it has a byte at some place.
 * @module
 */

/** Most packfiles have just below 32 or 64 MiB: a good first guess spares a third of the questions. */
const FIRST_GUESS = 2 ** 25
const LARGEST = 2 ** 52

/** Some 26 questions for a packfile of ours. */
export async function findSize(hasByteAt: (at: number) => Promise<boolean>): Promise<number> {
  let has = -1 // the last place known to have a byte
  let beyond = FIRST_GUESS // in the end: the first place known to have none
  while (await hasByteAt(beyond)) {
    has = beyond
    beyond *= 2
    if (beyond > LARGEST) throw new RangeError('no file is so large')
  }
  while (beyond - has > 1) {
    const middle = has + Math.floor((beyond - has) / 2)
    if (await hasByteAt(middle)) has = middle
    else beyond = middle
  }
  return beyond
}
