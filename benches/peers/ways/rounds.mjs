// Times that may be compared: all ways take turns, many times, in one process.

/** Calls at the start of a turn that are not counted: they bring this way's pixels and code back into the caches. */
const WARM_UP = 3
/** Fewest counted calls of a turn. */
const FEWEST = 5

/** For figures that are quoted: turns of each way, and microseconds of a turn. */
export const FULL = { rounds: 15, turn: 20_000 }
/** To see that it works. */
export const QUICK = { rounds: 3, turn: 4_000 }

/**
 * `{ median, min, p90 }` of each run in microseconds.
 *
 * The median is that of the turns' medians: a turn that another process spoiled is outvoted.
 */
export async function measure(runs, { rounds, turn }) {
  const calls = []
  for (const run of runs) {
    // Enough for the compiler of a loop to have done its best before the calls are counted.
    await times(run, 30)
    calls.push(Math.max(FEWEST, Math.floor(turn / Math.min(...await times(run, 3)))))
  }
  const turns = runs.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, run] of runs.entries()) {
      turns[index].push((await times(run, WARM_UP + calls[index])).slice(WARM_UP))
    }
  }
  return turns.map(summary)
}

/** Times of that many calls. Only what gives a promise is waited for: an `await` costs as much as a small image. */
async function times(run, count) {
  const all = []
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    const result = run()
    if (result instanceof Promise) await result
    all.push((performance.now() - start) * 1000)
  }
  return all
}

function summary(turns) {
  const median = numbers => numbers.sort((a, b) => a - b)[numbers.length >> 1]
  const together = turns.flat().sort((a, b) => a - b)
  return { median: median(turns.map(median)), min: together[0], p90: together[Math.floor(together.length * 0.9)] }
}
