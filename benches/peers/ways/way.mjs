// The comparison of a way's result with pixfuse's.

// Largest and mean difference, in levels of 8-bit colour.

/** The same u8 values, normalised in another order of operations. */
export const ROUNDING = { largest: 0.001, mean: 0.001 }
/** u8 values that were rounded another way, or not at all. */
export const ONE_LEVEL = { largest: 1.001, mean: 0.5 }
/** The same filter, with other weights between pixels or cut elsewhere: the row says how far it is off. */
export const OTHER_WEIGHTS = { largest: 48, mean: 1.5 }
/** Another filter, which is all that a library has for this work: the row says how far it is off. */
export const OTHER_FILTER = { largest: 255, mean: 12 }

/**
 * Says how far a way's result is from pixfuse's; throws when it does not do the same work.
 *
 * A way has a `name`; `run`, which gives the tensor or a promise of it; where it does not follow the workload's own
 * filter, the `filter` of pixfuse that it does follow; the `tolerance` that its own rounding explains; and what it is
 * measured for, `kind`, unless it is a peer. A floor has no result. `before` is called before each run.
 */
export async function compared({ name, run, before, filter, kind, tolerance = ROUNDING }, workload) {
  if (kind === 'floor') return 'no result'
  const expected = workload.expected(filter)
  before?.()
  const result = await run()
  const count = workload.images * expected.length
  let largest = result.length === count ? 0 : NaN
  let sum = 0
  for (let i = 0; i < count; i++) {
    const at = i % expected.length
    const levels = Math.abs(result[i] - expected[at]) / Math.abs(workload.gain[Math.floor(at / workload.plane)])
    // Not `>`, which would lose a NaN that the way left behind.
    if (!(levels <= largest)) largest = levels
    sum += levels
  }
  const mean = sum / count
  if (!(largest <= tolerance.largest && mean <= tolerance.mean)) {
    throw new Error(`${workload.id}: ${name} is off by ${largest.toFixed(3)} levels, ${mean.toFixed(3)} on average`)
  }
  const check = largest === 0 ? 'equal' : `${largest.toFixed(2)} levels`
  return filter && filter !== workload.filter ? `${check} to ${filter}` : check
}
