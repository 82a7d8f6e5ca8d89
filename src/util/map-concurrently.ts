/** Runs `work` on up to `concurrency` items at once; yields results in input order. */
export async function* mapConcurrently<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  concurrency: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = []
  try {
    for await (const item of items) {
      const result = work(item)
      result.catch(() => {}) // not lost: it is thrown below, when its turn comes
      running.push(result)
      if (running.length === concurrency) yield await running.shift()!
    }
    while (running.length > 0) yield await running.shift()!
  } finally {
    await Promise.allSettled(running) // whoever stops early leaves nobody working
  }
}
