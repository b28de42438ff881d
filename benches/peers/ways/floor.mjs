// The least that any way must do: to fetch what a tensor is made of, and to write the tensor.

const LINE = 64

export function ways(workload) {
  const [rows, out] = [touched(workload), workload.tensor()]
  return [{ name: 'floor: fetch once, write once', kind: 'floor', run: () => fetchAndFill(workload.image, rows, out) }]
}

/** The byte ranges of the source that the tensor depends on: where each row begins, and how long it is. */
export function touched({ sourceBox, rows, columns, filter, antialias, fill, resized, outRows }) {
  const [x0, y0, x1, y1] = sourceBox
  const count = fill === null ? outRows : resized[0]
  const step = (y1 - y0) / count
  const chosen = new Set()
  const add = row => chosen.add(Math.min(Math.floor(row), rows - 1))
  for (let y = 0; y < count; y++) {
    if (filter === 'nearest' || filter === 'nearest_floor') {
      add(y0 + y * step)
    } else if (filter === 'bilinear' && !antialias) {
      const position = Math.max(y0 + (y + 0.5) * step - 0.5, 0)
      add(position)
      // A row of weight 0 need not be fetched: an odd ratio samples single pixels.
      if (position % 1 > 1e-9) add(position + 1)
    } else {
      // No resize, or a filter as wide as the ratio: every row counts.
      for (let row = Math.floor(y0 + y * step); row < y0 + (y + 1) * step; row++) add(row)
    }
  }
  const first = Math.floor(x0) * 3
  return { starts: Int32Array.from(chosen, row => row * columns * 3 + first), length: Math.ceil(x1) * 3 - first }
}

/** A line is fetched by one of its bytes: to read them all would already be work of the processor. */
export function fetchAndFill(image, { starts, length }, out) {
  let sum = 0
  for (let row = 0; row < starts.length; row++) {
    const end = starts[row] + length
    for (let at = starts[row]; at < end; at += LINE) sum ^= image[at]
  }
  // Used, so that the loop is not thought useless.
  out.fill(sum === -1 ? 1 : 0)
  return out
}
