// Images and their tiles in one tensor, for `processor.js`.
(function (given) {
  'use strict'

  const { refused, allocate, room, length, integers } = given

  // The patches of an image, tile by tile and in each row by row, into their columns of a strip.
  function stripped(from, { shape: [channels, rows, columns], grid: [high, wide] }, side, to, at, all) {
    const [tileRows, tileColumns] = [rows / high, columns / wide]
    for (let plane = 0; plane < channels; plane++) {
      for (let y = 0; y < rows; y++) {
        const [tile, row] = [Math.floor(y / tileRows), Math.floor((y % tileRows) / side)]
        const line = (plane * side + (y % side)) * all + at
        for (let x = 0; x < columns; x += side) {
          const before = (tile * wide + Math.floor(x / tileColumns)) * tileRows * tileColumns / side
          const place = line + before + row * tileColumns + (x % tileColumns)
          const source = (plane * rows + y) * columns + x
          to.set(from.subarray(source, source + side), place)
        }
      }
    }
  }

  // A tensor of numbers that the native half made of sizes.
  function numbered({ dims, numbers, values }) {
    if (numbers === 'int64') return integers(dims, at => values[at])
    return { data: (numbers === 'int32' ? Int32Array : Float32Array).from(values), dims }
  }

  // Runs over images and their tiles into one tensor; `frames` says how many of them each video has.
  return function inPatches({ outputs, ofSizes }, images, start, given, frames = []) {
    if (images.length === 0) throw refused('images: none, expected an image or an array of them')
    const shown = images.flat()
    // Rows and columns of patches of each image and tile.
    const patches = (run, side) => run.pipe.geometry(...run.sides).output.map((length, axis) => length / run.grid[axis] / side)
    const sizes = side => shown.flatMap(run => Array(length(run.grid)).fill(patches(run, side)))
    const { element } = shown[0].pipe
    const sources = images.map(([{ image: { height, width } }]) => [height, width])
    return Object.fromEntries(outputs.map(output => {
      const { name, kind, patchStrip, patchRows, patchSizes, patchShapes, patchRowMask } = output
      if (patchStrip !== undefined) {
        const columns = shown.map(run => length(patches(run, patchStrip)) * length(run.grid) * patchStrip)
        const all = columns.reduce((sum, one) => sum + one, 0)
        const [channels] = shown[0].shape
        const dims = [1, channels, patchStrip, all]
        const data = room(given, dims, element, name)
        shown.forEach((run, index) => {
          const at = columns.slice(0, index).reduce((sum, one) => sum + one, 0)
          const out = run.out = allocate[element](length(run.shape))
          run.place = () => stripped(out, run, patchStrip, data, at, all)
          start(run)
          if (run.wanted === undefined) run.place()
        })
        return [name, { data, dims }]
      }
      if (patchRows !== undefined) {
        const elements = shown[0].shape[1]
        // Windows have an axis of theirs in front.
        const rows = shown.reduce((sum, run) => sum + length(run.shape), 0) / elements
        const dims = [rows / patchRows, patchRows, elements]
        const data = room(given, dims, element, name)
        let at = 0
        for (const run of shown) {
          run.out = data.subarray(at, at += length(run.shape))
          start(run)
        }
        return [name, { data, dims }]
      }
      if (kind === 'tileStack') {
        const counts = images.map(image => image.reduce((sum, run) => sum + length(run.grid), 0))
        // That of one: windows have an axis of theirs in front.
        const shape = images[0][0].shape.slice(images[0][0].parts === undefined ? 0 : 1)
        const most = Math.max(...counts)
        const dims = [images.length, most, ...shape]
        const data = room(given, dims, element, name, false)
        images.forEach((image, index) => {
          let at = index * most * length(shape)
          for (const run of image) {
            run.out = data.subarray(at, at += length(run.shape))
            start(run)
          }
        })
        return [name, { data, dims }]
      }
      if (kind === 'sourceSizes') return [name, integers([images.length, 2], at => sources[at >> 1][at & 1])]
      if (kind === 'frameCount') return [name, integers([frames.length], at => frames[at])]
      if (kind === 'ofSizes') return [name, numbered(JSON.parse(ofSizes(name, JSON.stringify(sources), JSON.stringify(frames))))]
      if (kind === 'cutGrids') return [name, images.map(image => image.find(({ grid }) => length(grid) > 1)?.grid ?? [0, 0])]
      if (kind === 'cutCounts') return [name, images.map(image => image.reduce((sum, { grid }) => sum + length(grid), 0))]
      const all = sizes(patchSizes ?? patchShapes ?? patchRowMask)
      if (patchShapes !== undefined) return [name, integers([all.length, 2], at => all[at >> 1][at & 1])]
      if (patchSizes !== undefined) return [name, { data: Int32Array.from(all.flat()), dims: [all.length, 2] }]
      const most = shown[0].shape[0] / length(shown[0].grid)
      const dims = [all.length, most]
      const inside = (_, at) => Number(at % most < length(all[Math.floor(at / most)]))
      return [name, { data: Int32Array.from({ length: length(dims) }, inside), dims }]
    }))
  }
})
//# sourceURL=pixfuse:joined.js
