import { expect, it } from 'vitest'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import { createRepository, openRepository } from '../repository.ts'
import { Publication } from './publication.ts'
import { WriteGuard } from './write-guard.ts'

const NOW = new Date('2026-11-21T10:00:00Z')

it('counts the packfiles that are reported while a state is being written', async () => {
  const store = new MemoryStore()
  await createRepository(store, { now: () => NOW })
  const repository = await openRepository(store, { passphrase: async () => '' })
  const guard = new WriteGuard(store.location, new AbortController().signal)
  const publication = new Publication(repository, guard, () => NOW)
  publication.add(aPack('aa', 1000))

  const publishing = publication.publish('cc'.repeat(32))
  await Promise.resolve()
  publication.add(aPack('bb', 500))
  await publishing

  const stateBytes = await store.size('state', 'cc'.repeat(32))
  expect(publication.bytesStored).toBe(1500 + stateBytes)
})

function aPack(byte: string, sizeBytes: number) {
  return { name: byte.repeat(32), index: new Uint8Array(), sizeBytes }
}
