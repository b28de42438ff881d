// Tensors of one large photo, made by pixfuse, by a loop of JavaScript and by opencv-js. It runs in Node.js and in pages.

const [ROWS, COLUMNS] = [1080, 1920]
const MEAN = [0.485, 0.456, 0.406]
const STD = [0.229, 0.224, 0.225]

/** A photo's smooth parts and its noise, with no file. */
function photo() {
  const data = new Uint8Array(ROWS * COLUMNS * 3)
  for (let row = 0, at = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      for (let channel = 0; channel < 3; channel++, at++) {
        data[at] = 128 + 90 * Math.sin(row / (40 + 9 * channel)) * Math.cos(column / 60) + (at * 31) % 23
      }
    }
  }
  return data
}

/** Bilinear by hand, four pixels each, grey above and below. */
function letterboxLoop(source, tensor) {
  const side = 640
  const height = 360
  const top = 140
  const down = ROWS / height
  const right = COLUMNS / side
  tensor.fill(114 / 255)
  for (let y = 0; y < height; y++) {
    const fromY = Math.max(0, (y + 0.5) * down - 0.5)
    const y0 = Math.floor(fromY)
    const y1 = Math.min(y0 + 1, ROWS - 1)
    const dy = fromY - y0
    for (let x = 0; x < side; x++) {
      const fromX = Math.max(0, (x + 0.5) * right - 0.5)
      const x0 = Math.floor(fromX)
      const x1 = Math.min(x0 + 1, COLUMNS - 1)
      const dx = fromX - x0
      for (let channel = 0; channel < 3; channel++) {
        const a = source[(y0 * COLUMNS + x0) * 3 + channel]
        const b = source[(y0 * COLUMNS + x1) * 3 + channel]
        const c = source[(y1 * COLUMNS + x0) * 3 + channel]
        const d = source[(y1 * COLUMNS + x1) * 3 + channel]
        const value = (a * (1 - dx) + b * dx) * (1 - dy) + (c * (1 - dx) + d * dx) * dy
        tensor[channel * side * side + (y + top) * side + x] = Math.round(value) / 255
      }
    }
  }
}

/** The weights of a triangle as wide as an output pixel, for `count` outputs from `first` of `all` outputs of `from` pixels. */
function triangles(from, all, first, count) {
  const scale = from / all
  const taps = Math.ceil(scale) * 2 + 1
  const starts = new Int32Array(count)
  const sizes = new Int32Array(count)
  const weights = new Float64Array(count * taps)
  for (let index = 0; index < count; index++) {
    const center = (index + first + 0.5) * scale
    const start = Math.max(0, Math.floor(center - scale + 0.5))
    const end = Math.min(from, Math.floor(center + scale + 0.5))
    let sum = 0
    for (let at = start; at < end; at++) {
      const weight = Math.max(0, 1 - Math.abs((at + 0.5 - center) / scale))
      weights[index * taps + at - start] = weight
      sum += weight
    }
    for (let tap = 0; tap < taps; tap++) weights[index * taps + tap] /= sum
    starts[index] = start
    sizes[index] = end - start
  }
  return { starts, sizes, weights, taps }
}

/** Bilinear with antialias to a shortest side of 256, the middle 224, mean and std: rows first, each pass rounded to bytes. */
function croppedLoop(source, tensor) {
  const side = 224
  const across = triangles(COLUMNS, 455, 116, side)
  const down = triangles(ROWS, 256, 16, side)
  const first = down.starts[0]
  const last = down.starts[side - 1] + down.sizes[side - 1]
  const passed = new Uint8ClampedArray((last - first) * side * 3)
  for (let row = first; row < last; row++) {
    for (let x = 0; x < side; x++) {
      let r = 0
      let g = 0
      let b = 0
      let from = (row * COLUMNS + across.starts[x]) * 3
      for (let tap = 0; tap < across.sizes[x]; tap++, from += 3) {
        const weight = across.weights[x * across.taps + tap]
        r += source[from] * weight
        g += source[from + 1] * weight
        b += source[from + 2] * weight
      }
      const to = ((row - first) * side + x) * 3
      passed[to] = r
      passed[to + 1] = g
      passed[to + 2] = b
    }
  }
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let r = 0
      let g = 0
      let b = 0
      let from = ((down.starts[y] - first) * side + x) * 3
      for (let tap = 0; tap < down.sizes[y]; tap++, from += side * 3) {
        const weight = down.weights[y * down.taps + tap]
        r += passed[from] * weight
        g += passed[from + 1] * weight
        b += passed[from + 2] * weight
      }
      const to = y * side + x
      tensor[to] = (Math.round(r) / 255 - MEAN[0]) / STD[0]
      tensor[side * side + to] = (Math.round(g) / 255 - MEAN[1]) / STD[1]
      tensor[2 * side * side + to] = (Math.round(b) / 255 - MEAN[2]) / STD[2]
    }
  }
}

/** Planes of floats, one behind the other. */
function planes(cv, floats, tensor) {
  const channels = new cv.MatVector()
  cv.split(floats, channels)
  for (let channel = 0; channel < 3; channel++) {
    const plane = channels.get(channel)
    tensor.set(plane.data32F, channel * plane.data32F.length)
    plane.delete()
  }
  channels.delete()
}

function letterboxOpencv(cv, source, tensor) {
  const image = new cv.Mat(ROWS, COLUMNS, cv.CV_8UC3)
  image.data.set(source)
  const [small, boxed, floats] = [new cv.Mat(), new cv.Mat(), new cv.Mat()]
  cv.resize(image, small, new cv.Size(640, 360), 0, 0, cv.INTER_LINEAR)
  cv.copyMakeBorder(small, boxed, 140, 140, 0, 0, cv.BORDER_CONSTANT, new cv.Scalar(114, 114, 114, 0))
  boxed.convertTo(floats, cv.CV_32F, 1 / 255)
  planes(cv, floats, tensor)
  for (const mat of [image, small, boxed, floats]) mat.delete()
}

/** With OpenCV's own filter for smaller pictures, which is another one. */
function croppedOpencv(cv, source, tensor) {
  const image = new cv.Mat(ROWS, COLUMNS, cv.CV_8UC3)
  image.data.set(source)
  const [small, floats] = [new cv.Mat(), new cv.Mat()]
  cv.resize(image, small, new cv.Size(455, 256), 0, 0, cv.INTER_AREA)
  const middle = small.roi(new cv.Rect(116, 16, 224, 224))
  middle.convertTo(floats, cv.CV_32F, 1 / 255)
  const mean = new cv.Mat(224, 224, cv.CV_32FC3, new cv.Scalar(...MEAN, 0))
  const std = new cv.Mat(224, 224, cv.CV_32FC3, new cv.Scalar(...STD, 0))
  cv.subtract(floats, mean, floats)
  cv.divide(floats, std, floats)
  planes(cv, floats, tensor)
  for (const mat of [image, small, middle, floats, mean, std]) mat.delete()
}

const WORKLOADS = [
  {
    name: 'letterbox of 640 x 640, bilinear',
    text: 'input(rgb8), letterbox(640, 640, bilinear), normalize(), output(rgb, f32, chw)',
    loop: letterboxLoop,
    opencv: letterboxOpencv,
  },
  {
    name: 'shortest 256 antialiased, centre 224',
    text: 'input(rgb8), resize(shortest = 256, bilinear, antialias), center_crop(224), '
      + `normalize(mean = [${MEAN}], std = [${STD}]), output(rgb, f32, chw)`,
    loop: croppedLoop,
    opencv: croppedOpencv,
  },
]

/**
 * The best of `rounds` runs of each, in milliseconds of a clock, and how far a loop's tensor is from that of pixfuse. `Native` is the
 * class of the addon, where there is one.
 */
export function compared({ Pipeline, Native, cv, clock = () => performance.now(), rounds = 40 }) {
  const image = { data: photo(), width: COLUMNS, height: ROWS }
  return WORKLOADS.map(({ name, text, loop, opencv }) => {
    const pipe = new Pipeline(text)
    const length = pipe.outputShape(ROWS, COLUMNS).reduce((product, side) => product * side)
    const made = { pixfuse: new Float32Array(length), loop: new Float32Array(length), opencv: new Float32Array(length) }
    const calls = {
      pixfuse: () => pipe.runSync(image, { out: made.pixfuse }),
      loop: () => loop(image.data, made.loop),
      opencv: () => opencv(cv, image.data, made.opencv),
    }
    if (Native) {
      const [pipe, out] = [new Native(text), new Float32Array(length)]
      calls.native = () => pipe.runSync(image, { out })
    }
    const best = Object.fromEntries(Object.keys(calls).map(who => [who, Infinity]))
    for (let round = 0; round < rounds; round++) {
      for (const [who, call] of Object.entries(calls)) {
        const start = clock()
        call()
        best[who] = Math.min(best[who], clock() - start)
      }
    }
    const off = made.loop.reduce((most, value, index) => Math.max(most, Math.abs(value - made.pixfuse[index])), 0)
    return { name, ...best, off }
  })
}
