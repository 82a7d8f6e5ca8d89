/**
 * Where a store behind HTTP is: `http://HOST[:PORT][/PATH]`, or `https:`. The token to be let in comes
 * from `TINTYPE_HTTP_TOKEN`, never from the location, and goes without TLS to this computer only.
 * @module
 */
import { StoreLocationError } from '../store-location-error.ts'

export interface HttpLocation {
  /** Without a slash at the end; nothing secret in it. */
  url: string
  headers: Readonly<Record<string, string>>
}

type Environment = Readonly<Record<string, string | undefined>>

const HINT =
  'A server is written http://HOST:PORT or https://HOST:PORT, as "plakar server" prints it.'
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

/**
 * @param rest what follows the scheme and its colon
 * @throws {StoreLocationError}
 */
export function parseHttpLocation(
  scheme: 'http' | 'https',
  rest: string,
  env: Environment,
): HttpLocation {
  const url = parsed(`${scheme}:${rest}`)
  if (url === undefined || !rest.startsWith('//')) {
    throw new StoreLocationError(`"${scheme}:" is followed by no address`, HINT)
  }
  if (url.username !== '' || url.password !== '') {
    throw new StoreLocationError(
      `a name or password does not belong into the location of ${url.host}`,
      'Put the token into TINTYPE_HTTP_TOKEN.',
    )
  }
  if (url.search !== '' || url.hash !== '') {
    throw new StoreLocationError(`the location of ${url.host} has something behind its path`, HINT)
  }
  const token = env.TINTYPE_HTTP_TOKEN
  if (token && scheme === 'http' && !LOOPBACK.test(url.hostname)) {
    throw new StoreLocationError(
      `the token would go to ${url.host} for everybody on the way to read`,
      'Use https, a tunnel to this computer, or unset TINTYPE_HTTP_TOKEN.',
    )
  }
  return {
    url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    headers: token ? { authorization: `Bearer ${token}` } : {},
  }
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
