// OpenCV as WebAssembly. The pixels are in its own memory before the clock starts: to bring them there is a copy more.

import opencv from '@techstark/opencv-js'

import { toPlanes } from './planes.mjs'
import { ONE_LEVEL } from './way.mjs'

const cv = await opencv

const FILTERS = {
  nearest: cv.INTER_NEAREST,
  nearest_floor: cv.INTER_NEAREST,
  bilinear: cv.INTER_LINEAR,
  area: cv.INTER_AREA,
}

export function ways(workload) {
  // Its Lanczos and its cubic are not antialiased.
  if (workload.filter !== null && (workload.antialias || !(workload.filter in FILTERS))) return []
  const filter = workload.filter === 'nearest_floor' ? 'nearest' : undefined
  const all = [{ name: 'opencv-js: JavaScript loop', run: looped(workload), filter, tolerance: ONE_LEVEL }]
  if (workload.std.every(std => std === 1) && workload.fill === null) {
    all.push({ name: 'opencv-js: blobFromImage', run: blob(workload), filter, tolerance: ONE_LEVEL })
  }
  return all
}

/** A function that gives the resized pixels, in memory of OpenCV that it keeps. */
function resizer({ image, rows, columns, resized: [height, width], filter }) {
  const source = cv.matFromArray(rows, columns, cv.CV_8UC3, image)
  if (filter === null) return () => source
  const [small, size] = [new cv.Mat(), new cv.Size(width, height)]
  return () => {
    cv.resize(source, small, size, 0, 0, FILTERS[filter])
    return small
  }
}

function looped(workload) {
  const { plane, start, gain, offset, channels } = workload
  const [resized, out] = [resizer(workload), workload.tensor()]
  return () => toPlanes(resized().data, 3, out, plane, start, gain, offset, channels)
}

function blob(workload) {
  const [resized, out] = [resizer(workload), workload.tensor()]
  const swapped = workload.channels[0] === 2
  const [mean, none] = [new cv.Scalar(0, 0, 0, 0), new cv.Size(0, 0)]
  return () => {
    const made = cv.blobFromImage(resized(), workload.gain[0], none, mean, swapped, false, cv.CV_32F)
    out.set(made.data32F)
    made.delete()
    return out
  }
}
