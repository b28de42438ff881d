// The comparison of a way's result with pixfuse's.

/** The same u8 values, normalised in another order of operations: largest and mean difference in levels of 8-bit colour. */
export const ROUNDING = { largest: 0.001, mean: 0.001 }
/** u8 values that were rounded another way, or not at all. */
export const ONE_LEVEL = { largest: 1.001, mean: 0.5 }

/**
 * Says how far a way's result is from pixfuse's; throws when it does not do the same work.
 *
 * A way has a `name`; `run`, which gives the tensor or a promise of it; where it does not follow the workload's own
 * filter, the `filter` of pixfuse that it does follow; and the `tolerance` that its own rounding explains.
 */
export async function compared({ name, run, filter, tolerance = ROUNDING }, workload) {
  const expected = workload.expected(filter)
  const result = await run()
  let largest = result.length === expected.length ? 0 : NaN
  let sum = 0
  for (let i = 0; i < expected.length; i++) {
    const levels = Math.abs(result[i] - expected[i]) / Math.abs(workload.gain[Math.floor(i / workload.plane)])
    // Not `>`, which would lose a NaN that the way left behind.
    if (!(levels <= largest)) largest = levels
    sum += levels
  }
  const mean = sum / expected.length
  if (!(largest <= tolerance.largest && mean <= tolerance.mean)) {
    throw new Error(`${workload.id}: ${name} is off by ${largest.toFixed(3)} levels, ${mean.toFixed(3)} on average`)
  }
  const check = largest === 0 ? 'equal' : `${largest.toFixed(2)} levels`
  return filter && filter !== workload.filter ? `${check} to ${filter}` : check
}
