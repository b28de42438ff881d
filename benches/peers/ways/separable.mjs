// Filters as wide as the ratio, in plain JavaScript: rows of f32, then columns of them into the planes. Only what a
// crop keeps is computed.

/** Half the width of each filter, before it widens with the ratio. */
const SUPPORT = { bilinear: 1, bicubic: 2, lanczos: 3 }

/** A run for one image, not rounded to u8 in between. */
export function separable(workload) {
  const { image, rows, columns, outRows, outColumns, sourceBox: [x0, y0, x1, y1], filter } = workload
  const { plane, gain, offset, channels } = workload
  const down = weights(filter, outRows, y0, y1, rows)
  const along = weights(filter, outColumns, x0, x1, columns)
  const top = down.first[0]
  const scratch = new Float32Array((down.first.at(-1) + down.taps - top) * outColumns * 3)
  const out = workload.tensor()
  return () => {
    across(image.subarray(top * columns * 3), columns * 3, along.first, along.weight, along.taps, scratch)
    downwards(scratch, outColumns, top, down.first, down.weight, down.taps, out, plane, gain, offset, channels)
    return out
  }
}

/** For each output position the first source position, and the weights from there on, as many for all. */
function weights(filter, size, start, end, source) {
  const scale = (end - start) / size
  const widened = Math.max(scale, 1)
  const support = SUPPORT[filter] * widened
  const centre = at => start + (at + 0.5) * scale
  const begin = at => Math.max(Math.trunc(centre(at) - support + 0.5), 0)
  const stop = at => Math.min(Math.trunc(centre(at) + support + 0.5), source)
  let taps = 0
  for (let at = 0; at < size; at++) taps = Math.max(taps, stop(at) - begin(at))
  const first = new Int32Array(size)
  const weight = new Float32Array(size * taps)
  for (let at = 0; at < size; at++) {
    // Windows that would end behind the image start earlier instead; what is outside of the filter has no weight.
    first[at] = Math.min(begin(at), source - taps)
    const own = Array.from({ length: taps }, (_, tap) => kernel(filter, (first[at] + tap + 0.5 - centre(at)) / widened))
    const sum = own.reduce((all, one) => all + one)
    own.forEach((one, tap) => {
      weight[at * taps + tap] = one / sum
    })
  }
  return { first, weight, taps }
}

function kernel(filter, position) {
  const x = Math.abs(position)
  if (x >= SUPPORT[filter]) return 0
  if (filter === 'bilinear') return 1 - x
  if (filter === 'bicubic') return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2
  return sinc(x) * sinc(x / 3)
}

function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
}

/** What lobes below 0 overshoot: libraries cut it off in each pass. */
function cut(value) {
  return value < 0 ? 0 : value > 255 ? 255 : value
}

function across(image, stride, first, weight, taps, scratch) {
  const columns = first.length
  const rows = scratch.length / (columns * 3)
  for (let y = 0, to = 0; y < rows; y++) {
    const row = y * stride
    for (let x = 0, w = 0; x < columns; x++, to += 3) {
      let at = row + first[x] * 3
      let a = 0
      let b = 0
      let c = 0
      for (let tap = 0; tap < taps; tap++, at += 3, w++) {
        const by = weight[w]
        a += image[at] * by
        b += image[at + 1] * by
        c += image[at + 2] * by
      }
      scratch[to] = cut(a)
      scratch[to + 1] = cut(b)
      scratch[to + 2] = cut(c)
    }
  }
}

function downwards(scratch, columns, top, first, weight, taps, out, plane, gain, offset, channels) {
  const stride = columns * 3
  for (let y = 0, i = 0; y < first.length; y++) {
    const row = (first[y] - top) * stride
    for (let x = 0; x < columns; x++, i++) {
      for (let channel = 0; channel < 3; channel++) {
        let at = row + x * 3 + channels[channel]
        let sum = 0
        for (let tap = 0; tap < taps; tap++, at += stride) sum += scratch[at] * weight[y * taps + tap]
        out[channel * plane + i] = cut(sum) * gain[channel] + offset[channel]
      }
    }
  }
}
