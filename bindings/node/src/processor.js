// The class Processor: the config of a model as a function, from what the native half read of it.
(function (readConfig, exports, joinedBy, memory) {
  'use strict'

  const { allocate, room, zeros } = memory
  const { Pipeline } = exports
  const refused = message => Object.assign(new Error(message), { code: 'InvalidArg' })
  const channelsOf = { 1: 'gray', 3: 'rgb', 4: 'alpha' }
  // Options of a call that are no keywords of the library.
  const ours = ['alpha', 'orient', 'maxPixels', 'threads', 'out']
  // What has an axis of samples.
  const ofSamples = ['pixels', 'mask', 'boolMask', 'tileMask', 'tilePixelMask']
  // A Blob or a Response, whose bytes come later.
  const isLater = file => typeof file?.arrayBuffer === 'function'
  const bytesOf = async file => (isLater(file) ? new Uint8Array(await file.arrayBuffer()) : file)

  // How many frames each video has, of a call that `video.js` makes.
  const framesOfVideos = Symbol.for('pixfuse.frames')

  // What is one file or image, or several.
  const listed = given => (Array.isArray(given) ? given : [given])

  // What a pipeline makes between two resizes, as an image.
  const pixels = ({ data, dims: [height, width, channels] }) => ({ data, width, height, channels })

  // A JPEG file has no alpha, and is read faster as what it is.
  const isJpeg = data => data?.[0] === 0xff && data?.[1] === 0xd8

  // Windows of an image that a run reads each by itself, and where they go; the image where it reads that.
  const windowsOf = (image, out, { parts, shape }) => {
    if (parts === undefined) return [[image, out]]
    const [stride, size] = [image.width * 3, length(shape.slice(1))]
    return parts.map(([top, left, height, width], index) => [
      { data: image.data.subarray(top * stride + left * 3, (top + height - 1) * stride + (left + width) * 3), width, height, channels: 3, stride },
      out.subarray(index * size, (index + 1) * size),
    ])
  }

  // The pixels of a file, for a class that reads them more than once.
  const whole = data => new Pipeline(`input(${isJpeg(data) ? 'rgb8' : 'rgba8, alpha = drop'}), output(rgb, u8, hwc)`)

  // What is made of every image, as one.
  const ofEvery = { isMade: true, grid: [1, 1], windows: null }

  class Processor {
    #source
    #config
    #seen
    #views
    #before
    #pipelines = new Map()
    #calls = new Map()

    constructor(source, config) {
      this.#source = source
      const { described, itemKey, admits, seen, tokens, ofSizes } = config
      const { views, before, ...own } = JSON.parse(described)
      // What is asked of a view is asked of the config by the view's number.
      const part = (described, seen) => new Processor(source, { described: JSON.stringify(described), itemKey, admits, seen })
      this.#config = { ...own, itemKey, admits, tokens, ofSizes }
      this.#seen = own.isSized ? (...sides) => JSON.parse(seen(...sides)) : () => ofEvery
      this.#views = views.map((view, index) => part(view, (rows, columns) => seen(rows, columns, index)))
      this.#before = before === undefined ? undefined : part(before)
      if (own.isPaired) throw refused(`config: ${own.className}: it takes pairs of images, which no Processor here does`)
    }

    // An object, the text of one, or the path of a file or of a model's folder.
    static fromConfig(source, { backend = 'torch', ...keywords } = {}) {
      const isText = typeof source === 'string' && source.trimStart().startsWith('{')
      const text = isText ? source : typeof source === 'string' ? undefined : memory.json(source)
      const read = [text, text === undefined ? source : undefined, String(backend), JSON.stringify(keywords)]
      return new Processor(read, readConfig(...read, '{}'))
    }

    get declaration() { return this.#config.rgb }
    get backend() { return this.#config.backend }
    get library() { return this.#config.library }
    get className() { return this.#config.className }
    get outputs() { return [...new Set([...this.#config.outputs.map(output => output.name), ...this.#views.flatMap(view => view.outputs)])] }
    get views() { return [...this.#views] }
    get config() { return JSON.parse(this.#config.record) }
    get notes() { return [...this.#config.notes] }

    explain() { return `${this.#config.explain}\n\n${this.#pipeline('rgb').explain()}` }
    toString() { return this.#config.rgb }
    [Symbol.for('nodejs.util.inspect.custom')]() {
      return `Processor(${this.className} of ${this.library}, backend ${this.backend}: '${this.declaration}')`
    }

    // The pipeline for images of these channels: 'rgb', 'gray', 'alpha', or 'file' for what is decoded.
    pipeline(channels = 'rgb') {
      if (this.#before !== undefined) {
        throw refused(`pipeline: ${this.className} resizes an image twice for ${this.outputs[0]}, which is no one Pipeline; call the processor`)
      }
      return this.#pipeline(channels)
    }

    #pipeline(channels) {
      if (!this.#pipelines.has(channels)) {
        const text = this.#config[channels]
        if (text === undefined) throw refused(this.#config[`${channels}Refused`] ?? `channels: ${String(channels)}, expected rgb, gray, alpha or file`)
        this.#pipelines.set(channels, new Pipeline(text))
      }
      return this.#pipelines.get(channels)
    }

    runSync(images, options) {
      const samples = this.#samples(images, options)
      if (samples !== undefined) return this.#batch(samples.map(sample => this.runSync(sample, { ...options, out: undefined })), options)
      const threads = options?.threads
      const source = ({ image, before }) => (before === undefined ? image : pixels(before.runSync(image, { threads })))
      return joined(this.#parts(images, options), run => {
        for (const [part, out] of windowsOf(source(run), run.out, run)) run.pipe.runSync(part, { out, threads })
      })
    }

    async run(images, options) {
      const samples = this.#samples(images, options)
      if (samples !== undefined) {
        const results = []
        for (const sample of samples) results.push(await this.run(sample, { ...options, out: undefined }))
        return this.#batch(results, options)
      }
      const [parts, threads] = [this.#parts(images, options), options?.threads]
      const made = joined(parts, run => { run.wanted = run.out })
      for (const run of parts.flatMap(({ runs }) => runs.filter(isThere))) {
        const image = run.before === undefined ? run.image : pixels(await run.before.run(run.image, { threads }))
        for (const [part, out] of windowsOf(image, run.wanted, run)) await run.pipe.run(part, { out, threads })
        run.place?.()
      }
      return made
    }

    decodeSync(files, options) {
      if (this.#with(options).#isSeveral) {
        return this.runSync(listed(files).map(data => pixels(whole(data).decodeSync(data, ofDecoding(options)))), options)
      }
      const { called, runs } = this.#files(files, options)
      return called.#collect(runs, run => run.pipe.decodeSync(run.data, { ...run.options, out: run.out }), [], options?.out)
    }

    async decode(files, options) {
      const given = listed(files)
      const read = given.some(isLater) ? await Promise.all(given.map(bytesOf)) : given
      if (this.#with(options).#isSeveral) {
        const images = []
        for (const data of read) images.push(pixels(await whole(data).decode(data, ofDecoding(options))))
        return this.run(images, options)
      }
      const { called, runs } = this.#files(read, options)
      const made = called.#collect(runs, run => { run.wanted = run.out }, [], options?.out)
      for (const run of runs) {
        await run.pipe.decode(run.data, { ...run.options, out: run.wanted })
        run.place?.()
      }
      return made
    }

    // How many patches, or tiles with their thumbnail, an image of this size becomes: 1 where it stays whole.
    patches(height, width, options) {
      return this.#with(options).#cut(height, width).count
    }

    // Where an image of this size lies in the first tensor, through both resizes where there are two.
    geometry(height, width, options) {
      const called = this.#with(options)
      called.#config.admits(height, width)
      if (called.#before === undefined) return called.#pipeline('rgb').geometry(height, width)
      if (called.#seen(height, width).windows !== null) {
        throw refused(`geometry: ${this.className} gives windows of a canvas for ${this.outputs[0]}, each with its own`)
      }
      const first = called.#before.geometry(height, width)
      return first.followedBy(called.#pipeline('rgb').geometry(...first.output))
    }

    // How many tokens of a prompt it takes, as the processor of the model counts them.
    tokens(height, width, options) {
      const called = this.#with({ ...this.#config.processorKeywords, ...options })
      const { grid, count } = called.#config.hasTokensOfGrid ? called.#cut(height, width) : { grid: [1, 1], count: 1 }
      return called.#config.tokens(height, width, ...grid, count)
    }

    // Rows and columns of patches or tiles in the first tensor, and how many there are in all of them.
    #cut(height, width) {
      this.#config.admits(height, width)
      const views = this.#views.filter(view => view.#seen(height, width).isMade)
      const more = views.reduce((sum, view) => sum + view.#cut(height, width).count, 0)
      const { windows, grid } = this.#seen(height, width)
      if (windows !== null) return { grid: windows.grid, count: windows.parts.length + more }
      if (this.#isJoined || this.#config.place !== 'apart') return { grid, count: length(grid) + more }
      if (this.#before !== undefined) return { grid, count: Number(this.#config.isCounted) + more }
      const geometry = this.pipeline().geometry(height, width)
      const cut = geometry.patches ?? geometry.tiles ?? [1, 1]
      return { grid: cut, count: length(cut) + Number(geometry.thumbnail !== undefined) + more }
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
        const dims = [parts.length, ...shape.slice(1)]
        const data = kind === 'pixels' && options?.out !== undefined && options.out !== null
          ? room(options.out, dims, elementOf(parts[0].data), name, false)
          : new parts[0].data.constructor(own * parts.length)
        for (const [index, part] of parts.entries()) {
          const place = data.subarray(index * own, (index + 1) * own)
          // Where a sample has no image, the first of its tiles counts.
          if (aspectRatioMask !== undefined) for (let at = 0; at < own; at += aspectRatioMask) place[at] = 1n
          placed(part.data, part.dims, place, shape)
        }
        return [name, { ...parts[0], data, dims }]
      })
      return Object.fromEntries(joined)
    }

    // Whether a class makes several tensors of an image, or resizes it before.
    get #isSeveral() { return this.#views.length > 0 || this.#before !== undefined || this.#isJoined }

    // Whether images and tiles are patches of one tensor.
    get #isJoined() { return this.#config.outputs.some(({ kind, patchStrip, patchRows }) => kind === 'tileStack' || (patchStrip ?? patchRows) !== undefined) }

    // The tensors of these images: the first one, and the others with nothing for an image that they are not made of.
    #parts(images, options) {
      const [called, given] = [this.#with(options), listed(images).flat()]
      if (called.#isJoined) {
        const order = ['before', 'apart', 'behind'].flatMap(place => [called, ...called.#views].filter(view => view.#config.place === place))
        const images = given.map(image => order.map(view => [view, view.#image(image, options)]).filter(([, run]) => isThere(run)))
        for (const [view, run] of images.flat()) run.grid = run.parts === undefined ? view.#seen(...run.sides).grid : [run.parts.length, 1]
        const shown = images.map(image => image.map(([, run]) => run))
        return [{ runs: shown.flat(), collect: (_, start) => inPatches(called.#config, shown, start, options?.out, options?.[framesOfVideos]) }]
      }
      return [called, ...called.#views].map(part => ({
        runs: given.map(image => part.#image(image, options)),
        collect: (runs, start, views) => part.#collect(runs, start, views, options?.out),
      }))
    }

    // What an image becomes; nothing where there is no such tensor of it.
    #image(image, options) {
      const { data, width, height } = image ?? {}
      const channels = image?.channels ?? Math.round((data?.length ?? 0) / (width * height))
      let kind = channelsOf[channels]
      if (kind === undefined) throw refused(`image: ${channels} channels, expected 1, 3 or 4`)
      if (kind === 'alpha' && options?.alpha === 'drop') kind = 'file'
      const { isMade, windows } = this.#seen(height, width)
      if (!isMade) return undefined
      this.#config.admits(height, width)
      if (this.#before === undefined) {
        const pipe = this.#pipeline(kind)
        return { pipe, image, sides: [height, width], shape: pipe.outputShape(height, width) }
      }
      if (windows !== null) {
        const { itemKey, admits } = this.#config
        const described = JSON.stringify(windows.canvas)
        const canvas = new Processor(this.#source, { described, itemKey, admits }).#image(image, options)
        const pipe = this.#pipeline('rgb')
        const shape = [windows.parts.length, ...pipe.outputShape(...windows.parts[0].slice(2))]
        return { pipe, image, before: canvas.pipe, sides: [height, width], shape, ...windows }
      }
      const before = this.#before.#image(image, options)
      const [pipe, sides] = [this.#pipeline('rgb'), before.shape.slice(0, 2)]
      return { pipe, image, before: before.pipe, sides, shape: pipe.outputShape(...sides) }
    }

    #files(files, options) {
      const called = this.#with(options)
      const runs = listed(files).map(data => {
        const pipe = called.pipeline(isJpeg(data) ? 'rgb' : 'file')
        const sides = pipe.decodeGeometry(data, { orient: options?.orient }).source
        called.#config.admits(...sides)
        return { pipe, data, sides, options: ofDecoding(options), shape: pipe.outputShape(...sides) }
      })
      return { called, runs }
    }

    // Runs into one tensor, and puts what the library returns under its names; `views` are runs of the first other tensor.
    #collect(runs, start, views, out) {
      if (runs.length === 0) throw refused('images: none, expected an image or an array of them')
      const { pads, concatenates, outputs, isUniform, className } = this.#config
      if (isUniform && runs.some(run => String(run.sides) !== String(runs[0].sides))) {
        throw refused(`images: of several sizes in one call, in which the sizes ${className} makes depend on each other; give each image alone`)
      }
      const shape = [...runs[0].shape]
      for (const run of runs) {
        const differs = (side, axis) => side !== shape[axis] && !(concatenates && axis === 0)
        if (run.shape.some(differs) && !pads) {
          throw refused(`images: tensors of [${run.shape}] and [${shape}], expected one shape: a size that does not follow from the image`)
        }
        if (pads) for (let axis = 0; axis < shape.length; axis++) shape[axis] = Math.max(shape[axis], run.shape[axis])
      }
      const { element } = runs[0].pipe
      const { name, kind } = outputs.find(({ kind }) => kind === 'pixels' || kind === 'pixelsAlone')
      const data = room(out, this.#pixelDims(kind, runs, shape), element, name, !pads)
      let at = 0
      for (const run of runs) {
        const wanted = pads ? shape : run.shape
        const own = data.subarray(at, at += length(wanted))
        if (run.shape.every((side, axis) => side === wanted[axis])) {
          run.out = own
          start(run)
        } else {
          const content = run.out = allocate[element](length(run.shape))
          run.place = () => placed(content, run.shape, own, shape)
          start(run)
          if (run.wanted === undefined) run.place()
        }
      }
      const named = outputs.map(output => [output.name, this.#named(output, runs, data, shape, views)])
      return Object.fromEntries(named.filter(([, made]) => made !== undefined))
    }

    // The shape of the tensor of pixels.
    #pixelDims(kind, runs, shape) {
      const { concatenates, isNested, isSequence, patchAxes } = this.#config
      if (kind === 'pixelsAlone') return [runs.length, 1, ...shape]
      if (!concatenates) return isNested ? [1, runs.length, ...shape] : [runs.length, ...shape]
      const first = runs.reduce((sum, run) => sum + run.shape[0], 0)
      const axes = patchAxes.length > 0 ? [shape[1] / length(patchAxes), ...patchAxes] : shape.slice(1)
      return isSequence ? [1, first, ...axes] : [first, ...axes]
    }

    // One of the things that the library returns.
    #named({ kind, each, pair, groups, aspectRatioIds, aspectRatioMask, one, text }, runs, data, shape, views) {
      const { isNested, isFramed } = this.#config
      const sides = dims => (isNested ? [1, ...dims] : dims)
      const geometry = index => (runs[index].geometry ??= runs[index].pipe.geometry(...runs[index].sides))
      if (kind === 'pixels' || kind === 'pixelsAlone') return { data, dims: this.#pixelDims(kind, runs, shape) }
      if (kind === 'mask' || kind === 'boolMask') {
        const [, rows, columns] = shape
        // A frame around the image is no content; a crop's own margin is.
        const content = runs.map((run, index) => (isFramed ? geometry(index).content.slice(2) : run.shape.slice(1)))
        const dims = sides([runs.length, rows, columns])
        const data = zeros(kind === 'mask' ? BigInt64Array : Uint8Array, length(dims))
        for (const [index, [high, wide]] of content.entries()) ones(data, index * rows * columns, columns, high, wide)
        return kind === 'mask' ? { data, dims } : { data, dims, type: 'bool' }
      }
      if (kind === 'patchMask') {
        const [rows] = shape
        const dims = [runs.length, rows]
        const inside = at => Number(at % rows < length(geometry(Math.floor(at / rows)).patches))
        return { data: Int32Array.from({ length: length(dims) }, (_, at) => inside(at)), dims }
      }
      if (kind === 'sourceSizes') return integers([runs.length, 2], at => runs[at >> 1].sides[at & 1])
      if (kind === 'sourceSides') return { data: Float32Array.from(runs.flatMap(run => run.sides)), dims: [runs.length, 2] }
      if (kind === 'resizedSizes') return integers([runs.length, 2], at => geometry(at >> 1).resized[at & 1])
      if (kind === 'resizedRows' || kind === 'resizedColumns') return integers([runs.length, 1], at => geometry(at).resized[Number(kind === 'resizedColumns')])
      if (kind === 'rowScale') {
        const Floats = this.backend === 'torch' ? Float32Array : Float64Array
        return { data: Floats.from(runs, (run, index) => geometry(index).resized[0] / run.sides[0]), dims: [runs.length, 1] }
      }
      if (kind === 'grid') return integers([runs.length, 2], at => geometry(at >> 1).patches[at & 1])
      if (kind === 'gridThw') return integers([runs.length, 3], at => [1, ...geometry(Math.floor(at / 3)).patches][at % 3])
      const ofView = index => views[index]?.shape[0] ?? 0
      if (kind === 'viewTiles') return integers([runs.length], ofView)
      if (kind === 'viewTileCounts') return runs.map((_, index) => ofView(index))
      if (kind === 'rowEnds') {
        const grids = runs.map((_, index) => views[index]?.grid ?? [0, 0])
        const most = Math.max(...grids.map(length))
        const isEnd = ([rows, columns]) => (_, at) => at < rows * columns - columns && at % columns === columns - 1
        return most === 0 ? undefined : grids.map(grid => Array.from({ length: most }, isEnd(grid)))
      }
      if (kind === 'viewTileGrids') {
        return runs.map((_, index) => (views[index]?.pipe.geometry(...views[index].sides).tiles ?? [1, 1]).toReversed())
      }
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
        const data = zeros(BigInt64Array, length(dims))
        ones(data, 0, dims.at(-1), length(dims.slice(0, -1)), dims.at(-1))
        return { data, dims }
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

  const isThere = run => run !== undefined

  // What elements a tensor has.
  const elementOf = data => (data instanceof Float32Array ? 'f32' : data instanceof Uint16Array ? 'bf16' : 'u8')

  const ofDecoding = options => ({ orient: options?.orient, maxPixels: options?.maxPixels })

  // The tensors of a call under their names; one that no image has is left out.
  function joined([first, ...views], start) {
    const made = views.map(({ runs, collect }) => (runs.some(isThere) ? collect(runs.filter(isThere), start) : {}))
    return Object.assign(first.collect(first.runs, start, views[0]?.runs), ...made)
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

  // Ones in a part of a plane of zeros. To fill with bigints converts each of them, to copy a row moves bytes.
  function ones(data, start, stride, rows, columns) {
    if (rows > 0) data.fill(data instanceof BigInt64Array ? 1n : 1, start, start + columns)
    for (let row = 1; row < rows; row++) data.copyWithin(start + row * stride, start, start + columns)
  }

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

  const inPatches = joinedBy({ refused, allocate, room, length, integers })

  exports.Processor = Processor
})
//# sourceURL=pixfuse:processor.js
