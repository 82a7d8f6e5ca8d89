/**
 * Opens a repository once and prints how long it took, what of that the passphrase cost, and the
 * most memory the process ever had. A process of its own, so that nothing else counts.
 *
 *   node open-once.mjs STORE CACHE_FOLDER
 *
 * @module
 */
const DIST = new URL('../../dist/', import.meta.url)
const { FolderStore } = await import(new URL('stores/folder/folder-store.js', DIST).href)
const { openRepository } = await import(new URL('kloset/repository.js', DIST).href)

const { deriveKey } = await import(new URL('kloset/crypto/kdf.js', DIST).href)
const { requireSupported } = await import(new URL('kloset/supported-configuration.js', DIST).href)

const [folder, cacheDir] = process.argv.slice(2)
const PASSPHRASE = 'benchmark'
const store = new FolderStore(folder)
const started = performance.now()
const repository = await openRepository(store, { cacheDir, passphrase: async () => PASSPHRASE })
const seconds = (performance.now() - started) / 1000
const peakMiB = process.resourceUsage().maxRSS / 1024

const { encryption } = requireSupported(repository.configuration, folder)
const derivation = performance.now()
await deriveKey(new TextEncoder().encode(PASSPHRASE), encryption.kdf)
const keySeconds = (performance.now() - derivation) / 1000
console.log(JSON.stringify({ seconds, keySeconds, peakMiB, blobs: repository.index.blobs }))
