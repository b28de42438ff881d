// The class Processor: the config of a model as a function, from what the native half read of it.
(function (readConfig, exports) {
  'use strict'

  const { Pipeline } = exports
  const refused = message => Object.assign(new Error(message), { code: 'InvalidArg' })
  const channelsOf = { 1: 'gray', 3: 'rgb', 4: 'alpha' }
  // Options of a call that are no keywords of the library.
  const ours = ['alpha', 'orient', 'maxPixels', 'threads']
  // What has an axis of samples.
  const ofSamples = ['pixels', 'mask', 'boolMask', 'tileMask', 'tilePixelMask']
  const allocate = { f32: length => new Float32Array(length), u8: length => new Uint8Array(length) }

  // A Blob or a Response, whose bytes come later.
  const isLater = file => typeof file?.arrayBuffer === 'function'
  const bytesOf = async file => (isLater(file) ? new Uint8Array(await file.arrayBuffer()) : file)

  // What is one file or image, or several.
  const listed = given => (Array.isArray(given) ? given : [given])

  class Processor {
    #source
    #config
    #pipelines = new Map()
    #calls = new Map()

    constructor(source, config) {
      this.#source = source
      const { described, itemKey, admits } = config
      this.#config = { ...JSON.parse(described), itemKey, admits }
    }

    // An object, the text of one, or the path of a file or of a model's folder.
    static fromConfig(source, { backend = 'torch', ...keywords } = {}) {
      const isText = typeof source === 'string' && source.trimStart().startsWith('{')
      const text = isText ? source : typeof source === 'string' ? undefined : JSON.stringify(source)
      const read = [text, text === undefined ? source : undefined, String(backend), JSON.stringify(keywords)]
      return new Processor(read, readConfig(...read, '{}'))
    }

    get declaration() { return this.#config.rgb }
    get backend() { return this.#config.backend }
    get library() { return this.#config.library }
    get className() { return this.#config.className }
    get outputs() { return this.#config.outputs.map(output => output.name) }
    get config() { return JSON.parse(this.#config.record) }
    get notes() { return [...this.#config.notes] }

    explain() { return `${this.#config.explain}\n\n${this.pipeline().explain()}` }
    toString() { return this.#config.rgb }
    [Symbol.for('nodejs.util.inspect.custom')]() {
      return `Processor(${this.className} of ${this.library}, backend ${this.backend}: '${this.declaration}')`
    }

    // The pipeline for images of these channels: 'rgb', 'gray', 'alpha', or 'file' for what is decoded.
    pipeline(channels = 'rgb') {
      if (!this.#pipelines.has(channels)) {
        const text = this.#config[channels]
        if (text === undefined) throw refused(this.#config[`${channels}Refused`] ?? `channels: ${String(channels)}, expected rgb, gray, alpha or file`)
        this.#pipelines.set(channels, new Pipeline(text))
      }
      return this.#pipelines.get(channels)
    }

    runSync(images, options) {
      const samples = this.#samples(images, options)
      if (samples !== undefined) return this.#batch(samples.map(sample => this.runSync(sample, options)), options)
      const { called, runs } = this.#images(images, options)
      return called.#collect(runs, run => run.pipe.runSync(run.image, { out: run.out, threads: options?.threads }))
    }

    async run(images, options) {
      const samples = this.#samples(images, options)
      if (samples !== undefined) {
        const results = []
        for (const sample of samples) results.push(await this.run(sample, options))
        return this.#batch(results, options)
      }
      const { called, runs } = this.#images(images, options)
      const made = called.#collect(runs, run => { run.wanted = run.out })
      for (const run of runs) {
        await run.pipe.run(run.image, { out: run.wanted, threads: options?.threads })
        run.place?.()
      }
      return made
    }

    decodeSync(files, options) {
      const { called, runs } = this.#files(files, options)
      return called.#collect(runs, run => run.pipe.decodeSync(run.data, { ...run.options, out: run.out }))
    }

    async decode(files, options) {
      const given = listed(files)
      const read = given.some(isLater) ? await Promise.all(given.map(bytesOf)) : given
      const { called, runs } = this.#files(read, options)
      const made = called.#collect(runs, run => { run.wanted = run.out })
      for (const run of runs) {
        await run.pipe.decode(run.data, { ...run.options, out: run.wanted })
        run.place?.()
      }
      return made
    }

    // How many patches, or tiles with their thumbnail, an image of this size becomes: 1 where it stays whole.
    patches(height, width, options) {
      const called = this.#with(options)
      called.#config.admits(height, width)
      const geometry = called.pipeline().geometry(height, width)
      return length(geometry.patches ?? geometry.tiles ?? []) + Number(geometry.thumbnail !== undefined)
    }

    // How many tokens it takes, in families whose models make one of so many patches.
    tokens(height, width, options) {
      const each = this.#with(options).#config.patchesPerToken
      if (each === null) {
        throw refused(`tokens: ${this.className} does not say how many of them a model makes; patches(height, width) counts its patches and tiles`)
      }
      return Math.floor(this.patches(height, width, options) / each)
    }

    // A key of what `decode` makes of a file, for caches: a hash of its stored bytes and of this config.
    itemKey(file, options) {
      if (!(file instanceof Uint8Array)) throw refused(`file: ${typeof file}, expected a Uint8Array`)
      return this.#with(options).#config.itemKey(file)
    }

    // This processor with the keywords of a call; calls with the same ones share it.
    #with(options) {
      const keywords = Object.fromEntries(Object.entries(options ?? {}).filter(([key]) => !ours.includes(key)))
      const key = JSON.stringify(keywords)
      if (key === '{}') return this
      if (!this.#calls.has(key)) {
        if (this.#calls.size >= 64) this.#calls.clear()
        this.#calls.set(key, new Processor(this.#source, readConfig(...this.#source, key)))
      }
      return this.#calls.get(key)
    }

    // The samples of a class that takes several images a sample, where arrays of them are given; nothing for one sample.
    #samples(images, options) {
      const { isNested, isSingle, className } = this.#with(options).#config
      if (!Array.isArray(images) || images.length === 0 || !images.every(Array.isArray)) return undefined
      if (isSingle && images.some(sample => sample.length > 1)) {
        throw refused(`images: a sample of several images, which ${className} prepares another way than one alone; give each image as a sample of its own`)
      }
      return isNested ? images : undefined
    }

    // The results of samples as one: a sample of fewer images, or of smaller ones, is filled up with zeros where the class pads.
    #batch(results, options) {
      const { pads, isSequence, outputs } = this.#with(options).#config
      const joined = outputs.map(({ name, kind, aspectRatioIds, aspectRatioMask }) => {
        const parts = results.map(result => result[name])
        if (Array.isArray(parts[0])) return [name, parts.flat()]
        const hasSamples = ofSamples.includes(kind) || aspectRatioIds !== undefined || aspectRatioMask !== undefined
        const shape = [...parts[0].dims]
        if (!hasSamples) {
          const data = new parts[0].data.constructor(parts.reduce((sum, part) => sum + part.data.length, 0))
          parts.reduce((at, part) => (data.set(part.data, at), at + part.data.length), 0)
          return [name, { ...parts[0], data, dims: [data.length / length(shape.slice(1)), ...shape.slice(1)] }]
        }
        for (const { dims } of parts) {
          const differs = dims.some((side, axis) => axis > 0 && side !== shape[axis])
          if (differs && !pads && !isSequence) {
            throw refused(`images: samples of the shapes [${dims}] and [${shape}], expected one: as many images in each, of one size`)
          }
          for (const [axis, side] of dims.entries()) shape[axis] = Math.max(shape[axis], side)
        }
        const own = length(shape)
        const data = new parts[0].data.constructor(own * parts.length)
        for (const [index, part] of parts.entries()) {
          const place = data.subarray(index * own, (index + 1) * own)
          // Where a sample has no image, the first of its tiles counts.
          if (aspectRatioMask !== undefined) for (let at = 0; at < own; at += aspectRatioMask) place[at] = 1n
          placed(part.data, part.dims, place, shape)
        }
        return [name, { ...parts[0], data, dims: [parts.length, ...shape.slice(1)] }]
      })
      return Object.fromEntries(joined)
    }

    #images(images, options) {
      const called = this.#with(options)
      const runs = listed(images).flat().map(image => {
        const { data, width, height } = image ?? {}
        const channels = image?.channels ?? Math.round((data?.length ?? 0) / (width * height))
        let kind = channelsOf[channels]
        if (kind === undefined) throw refused(`image: ${channels} channels, expected 1, 3 or 4`)
        if (kind === 'alpha' && options?.alpha === 'drop') kind = 'file'
        called.#config.admits(height, width)
        const pipe = called.pipeline(kind)
        return { pipe, image, sides: [height, width], shape: pipe.outputShape(height, width) }
      })
      return { called, runs }
    }

    #files(files, options) {
      const called = this.#with(options)
      const runs = listed(files).map(data => {
        // A JPEG file has no alpha, and is read faster as what it is.
        const pipe = called.pipeline(data?.[0] === 0xff && data?.[1] === 0xd8 ? 'rgb' : 'file')
        const { orient, maxPixels } = options ?? {}
        const sides = pipe.decodeGeometry(data, { orient }).source
        called.#config.admits(...sides)
        return { pipe, data, sides, options: { orient, maxPixels }, shape: pipe.outputShape(...sides) }
      })
      return { called, runs }
    }

    // Runs into one tensor, and puts what the library returns under its names.
    #collect(runs, start) {
      if (runs.length === 0) throw refused('images: none, expected an image or an array of them')
      const { pads, concatenates, outputs } = this.#config
      const shape = [...runs[0].shape]
      for (const run of runs) {
        const differs = (side, axis) => side !== shape[axis] && !(concatenates && axis === 0)
        if (run.shape.some(differs) && !pads) {
          throw refused(`images: tensors of [${run.shape}] and [${shape}], expected one shape: a size that does not follow from the image`)
        }
        if (pads) for (let axis = 0; axis < shape.length; axis++) shape[axis] = Math.max(shape[axis], run.shape[axis])
      }
      const make = allocate[runs[0].pipe.element]
      const total = concatenates ? runs.reduce((sum, run) => sum + length(run.shape), 0) : runs.length * length(shape)
      const data = make(total)
      let at = 0
      for (const run of runs) {
        const wanted = pads ? shape : run.shape
        const own = data.subarray(at, at += length(wanted))
        if (run.shape.every((side, axis) => side === wanted[axis])) {
          run.out = own
          start(run)
        } else {
          run.out = make(length(run.shape))
          const out = run.out
          run.place = () => placed(out, run.shape, own, shape)
          start(run)
          if (run.wanted === undefined) run.place()
        }
      }
      return Object.fromEntries(outputs.map(output => [output.name, this.#named(output, runs, data, shape)]))
    }

    // One of the things that the library returns.
    #named({ kind, each, pair, groups, aspectRatioIds, aspectRatioMask, one, text }, runs, data, shape) {
      const { concatenates, isNested, isSequence, isFramed, patchAxes } = this.#config
      const sides = dims => (isNested ? [1, ...dims] : dims)
      const geometry = index => (runs[index].geometry ??= runs[index].pipe.geometry(...runs[index].sides))
      if (kind === 'pixels') {
        if (!concatenates) return { data, dims: sides([runs.length, ...shape]) }
        const first = runs.reduce((sum, run) => sum + run.shape[0], 0)
        const axes = patchAxes.length > 0 ? [shape[1] / length(patchAxes), ...patchAxes] : shape.slice(1)
        return { data, dims: isSequence ? [1, first, ...axes] : [first, ...axes] }
      }
      if (kind === 'pixelsAlone') return { data, dims: [runs.length, 1, ...shape] }
      if (kind === 'mask' || kind === 'boolMask') {
        const [, rows, columns] = shape
        // A frame around the image is no content; a crop's own margin is.
        const content = runs.map((run, index) => (isFramed ? geometry(index).content.slice(2) : run.shape.slice(1)))
        const dims = sides([runs.length, rows, columns])
        const inside = at => {
          const [high, wide] = content[Math.floor(at / (rows * columns))]
          return Number(Math.floor(at / columns) % rows < high && at % columns < wide)
        }
        return kind === 'mask' ? integers(dims, inside) : { data: Uint8Array.from({ length: length(dims) }, (_, at) => inside(at)), dims, type: 'bool' }
      }
      if (kind === 'patchMask') {
        const [rows] = shape
        const dims = [runs.length, rows]
        const inside = at => Number(at % rows < length(geometry(Math.floor(at / rows)).patches))
        return { data: Int32Array.from({ length: length(dims) }, (_, at) => inside(at)), dims }
      }
      if (kind === 'sourceSizes') return integers([runs.length, 2], at => runs[at >> 1].sides[at & 1])
      if (kind === 'resizedSizes') return integers([runs.length, 2], at => geometry(at >> 1).resized[at & 1])
      if (kind === 'resizedRows' || kind === 'resizedColumns') return integers([runs.length, 1], at => geometry(at).resized[Number(kind === 'resizedColumns')])
      if (kind === 'rowScale') {
        const Floats = this.backend === 'torch' ? Float32Array : Float64Array
        return { data: Floats.from(runs, (run, index) => geometry(index).resized[0] / run.sides[0]), dims: [runs.length, 1] }
      }
      if (kind === 'grid') return integers([runs.length, 2], at => geometry(at >> 1).patches[at & 1])
      if (kind === 'gridThw') return integers([runs.length, 3], at => [1, ...geometry(Math.floor(at / 3)).patches][at % 3])
      const grid = index => geometry(index).tiles ?? [1, 1]
      if (kind === 'tileCount') return integers([runs.length], at => (geometry(at).tiles === undefined ? 1 : runs[at].shape[0]))
      const tiles = index => length(grid(index)) + Number(geometry(index).thumbnail !== undefined)
      if (kind === 'tileCounts') return [runs.map((_, index) => tiles(index))]
      if (kind === 'tileRows' || kind === 'tileColumns') return [runs.map((_, index) => grid(index)[Number(kind === 'tileColumns')])]
      if (kind === 'splitRows' || kind === 'splitColumns') {
        return [runs.map((_, index) => (tiles(index) === 1 ? 0 : grid(index)[Number(kind === 'splitColumns')]))]
      }
      if (kind === 'tilePixelMask') {
        const dims = [1, runs.reduce((sum, _, index) => sum + tiles(index), 0), ...shape.slice(2)]
        return { data: new BigInt64Array(length(dims)).fill(1n), dims }
      }
      if (kind === 'tileMask') {
        const all = runs.reduce((sum, _, index) => sum + tiles(index), 0)
        return { data: new Uint8Array(all).fill(1), dims: [1, all], type: 'bool' }
      }
      if (aspectRatioIds !== undefined) return integers([1, runs.length], at => aspectRatio(grid(at), aspectRatioIds))
      if (aspectRatioMask !== undefined) {
        return integers([1, runs.length, aspectRatioMask], at => Number(at % aspectRatioMask < tiles(Math.floor(at / aspectRatioMask))))
      }
      if (kind === 'tileGrid') return integers([runs.length, 2], at => grid(at >> 1)[at & 1])
      if (kind === 'patchPositions') {
        const [rows] = shape
        return integers([runs.length, rows, 2], at => {
          const [high, wide] = geometry(Math.floor(at / 2 / rows)).patches
          const patch = (at >> 1) % rows
          if (patch >= high * wide) return -1
          return at & 1 ? Math.floor(patch / wide) : patch % wide
        })
      }
      if (groups !== undefined) return integers([runs.length], at => Math.floor(length(geometry(at).patches) / groups))
      if (each !== undefined) return integers([runs.length], () => each[0])
      if (pair !== undefined) return integers([runs.length, 2], at => pair[at & 1])
      if (one !== undefined) return integers([], () => one)
      return text === undefined ? [] : [text]
    }
  }

  const length = sides => sides.reduce((product, side) => product * side, 1)

  // Which of the grids of at most so many tiles it is, from 1: by their rows, then by their columns.
  function aspectRatio([rows, columns], most) {
    let id = columns
    for (let before = 1; before < rows; before++) id += Math.floor(most / before)
    return id
  }

  // A tensor of int64.
  const integers = (dims, value) => ({ data: BigInt64Array.from({ length: length(dims) }, (_, at) => BigInt(value(at))), dims })

  // A smaller tensor in a larger one, with zeros behind its content on each axis.
  function placed(from, shape, to, wanted) {
    const columns = shape[shape.length - 1]
    for (let row = 0; row < from.length / columns; row++) {
      let [at, step, rest] = [0, wanted[wanted.length - 1], row]
      for (let axis = shape.length - 2; axis >= 0; axis--) {
        at += (rest % shape[axis]) * step
        rest = Math.floor(rest / shape[axis])
        step *= wanted[axis]
      }
      to.set(from.subarray(row * columns, (row + 1) * columns), at)
    }
  }

  exports.Processor = Processor
})
//# sourceURL=pixfuse:processor.js
