// Times that may be compared: all ways take turns, many times, in one process.

/** Calls at the start of a turn that are not counted: they bring this way's pixels and code back into the caches. */
const WARM_UP = 3
/** Fewest counted calls of a turn. */
const FEWEST = 5
/** Microseconds after which V8 has compiled a loop as well as it ever will. */
const COMPILED = 100_000

/** For figures that are quoted: turns of each way, and microseconds of a turn. */
export const FULL = { rounds: 15, turn: 20_000 }
/** To see that it works. */
export const QUICK = { rounds: 3, turn: 4_000 }

/**
 * `{ median, min, p90 }` of each way in microseconds.
 *
 * The median is that of the turns' medians: a turn that another process spoiled is outvoted.
 */
export async function measure(ways, { rounds, turn }) {
  const calls = []
  for (const way of ways) {
    // Enough for the compiler of a loop to have done its best before the calls are counted; what takes long has loops
    // that run often in one call.
    const [first] = await times(way, 1)
    await times(way, Math.min(30, Math.ceil(COMPILED / first)))
    calls.push(Math.max(FEWEST, Math.floor(turn / Math.min(...await times(way, 3)) / (way.repeat ?? 1))))
  }
  const turns = ways.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, way] of ways.entries()) {
      turns[index].push((await times(way, WARM_UP + calls[index])).slice(WARM_UP))
    }
  }
  return turns.map(summary)
}

/** Times of that many calls. Only what gives a promise is waited for: an `await` costs as much as a small image. */
async function times({ run, before, repeat = 1 }, count) {
  if (repeat > 1) return together(run, repeat, count)
  const all = []
  for (let i = 0; i < count; i++) {
    before?.()
    const start = performance.now()
    const result = run()
    if (result instanceof Promise) await result
    all.push((performance.now() - start) * 1000)
  }
  return all
}

/** What is too short for the clock, many times as one. */
function together(run, repeat, count) {
  const all = []
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    for (let call = 0; call < repeat; call++) run()
    all.push((performance.now() - start) * 1000 / repeat)
  }
  return all
}

function summary(turns) {
  const median = numbers => numbers.sort((a, b) => a - b)[numbers.length >> 1]
  const together = turns.flat().sort((a, b) => a - b)
  return { median: median(turns.map(median)), min: together[0], p90: together[Math.floor(together.length * 0.9)] }
}
