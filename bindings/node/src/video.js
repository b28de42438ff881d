// The class VideoProcessor: the config of a model's videos as a function, from what the native half read of it.
(function (readVideoConfig, exports, memory) {
  'use strict'

  const { allocate, room } = memory
  const { Pipeline, Processor } = exports
  const refused = message => Object.assign(new Error(message), { code: 'InvalidArg' })
  const length = sides => sides.reduce((product, side) => product * side, 1)
  // Options of a call that are no keywords of the library, and keywords that say which frames to take, the caller's matter.
  const ours = ['threads', 'out', 'do_sample_frames', 'fps', 'num_frames', 'video_metadata']
  // A tensor of int64.
  const integers = (dims, value) => ({ data: BigInt64Array.from({ length: length(dims) }, (_, at) => BigInt(value(at))), dims })

  // How many frames each video has, of a call to `processor.js`.
  const framesOfVideos = Symbol.for('pixfuse.frames')

  // Frames one behind another in one memory.
  const isMemory = video => Number.isInteger(video?.frames)

  // The frames of a video, as images.
  function framesOf(video) {
    if (!isMemory(video)) return video
    const { data, frames, height, width } = video
    const channels = video.channels ?? 3
    const [size, own] = [height * width * channels, data?.length]
    if (own !== frames * size || frames < 1) {
      throw refused(`video: ${own} bytes for ${frames} frames of ${height} x ${width} x ${channels}, expected ${frames * size} and one frame at least`)
    }
    return Array.from({ length: frames }, (_, index) => ({ data: data.subarray(index * size, (index + 1) * size), height, width, channels }))
  }

  // Videos as arrays of frames: one of them, or an array of them.
  function clipsOf(videos) {
    if (isMemory(videos)) return [framesOf(videos)]
    if (!Array.isArray(videos) || videos.length === 0) {
      throw refused('videos: expected { data, frames, height, width }, an array of images that are its frames, or an array of those')
    }
    const areVideos = videos.every(video => Array.isArray(video) || isMemory(video))
    const clips = areVideos ? videos.map(framesOf) : [videos]
    if (clips.some(frames => frames.length === 0)) throw refused('videos: one without frames, expected one frame at least')
    return clips
  }

  // Rows, columns and channels of the frames of a video, which are the same for all.
  function evenSize(images) {
    const sizes = images.map(({ data, height, width, channels }) => [height, width, channels ?? Math.round(data?.length / (height * width))])
    const other = sizes.find(size => String(size) !== String(sizes[0]))
    if (other !== undefined) {
      throw refused(`frames: of [${sizes[0]}] and [${other}] rows, columns and channels in one video, expected one size and the same channels`)
    }
    return sizes[0]
  }

  // One video: what each frame becomes, and the runs that make the tensor of them all.
  class Clip {
    constructor({ frames }, pipe, images) {
      const [{ height, width }] = images
      Object.assign(this, frames, { pipe, images, source: [height, width], count: images.length })
      this.frame = pipe.outputShape(height, width)
      // With the last one repeated.
      this.whole = Math.ceil(images.length / frames.multiple) * frames.multiple
      // How many times its patches follow one another: once for the frames that share them.
      this.groups = this.whole / frames.temporal
      this.grid = pipe.geometry(height, width).patches ?? [0, 0]
      this.make = allocate[pipe.element]
    }

    // How many frames, or groups of those that share patches, each grid counts.
    get chunks() {
      const most = this.chunk ?? this.groups
      return Array.from({ length: Math.ceil(this.groups / most) }, (_, index) => Math.min(most, this.groups - index * most))
    }

    // Runs of all frames into an array of them.
    into(out) {
      const { pipe, images, count } = this
      const size = length(this.frame)
      const repeat = () => { for (let index = count; index * size < out.length; index++) out.copyWithin(index * size, (count - 1) * size, count * size) }
      return [{ pipe, images, out: out.subarray(0, count * size), after: repeat }]
    }

    // Runs of all frames into rows of patches, each patch with the elements of the frames that share it.
    intoPatches(out) {
      const { pipe, images, temporal, count } = this
      if (temporal === 1) return this.into(out)
      const [patches, elements] = this.frame
      const made = this.make(patches * elements)
      // Channels and then frames are outermost in a patch, or the other way round.
      const channels = this.isFrameFirst ? 1 : 3
      const part = elements / channels
      const place = index => {
        const [group, at] = [Math.floor(index / temporal) * patches * channels, index % temporal]
        for (let piece = 0; piece < patches * channels; piece++) {
          out.set(made.subarray(piece * part, (piece + 1) * part), ((group + piece) * temporal + at) * part)
        }
      }
      const last = index => (index === count - 1 ? this.whole : index + 1)
      const after = index => () => { for (let frame = index; frame < last(index); frame++) place(frame) }
      return images.map((image, index) => ({ pipe, images: [image], out: made, after: after(index) }))
    }
  }

  class VideoProcessor {
    #source
    #config
    #calls = new Map()
    #counted = new Map()
    #pipelines = new Map()
    // What each frame becomes, where frames are images with tiles, and patches of one tensor.
    #frames

    constructor(source, called = '{}') {
      this.#source = [...source, called]
      this.#config = this.#read()
      const [{ patchStrip, patchRows }] = this.#config.outputs
      if ((patchStrip ?? patchRows) !== undefined) this.#frames = new Processor(this.#source, readVideoConfig(...this.#source, undefined))
    }

    // An object, the text of one, or the path of a file or of a model's folder.
    static fromConfig(source, keywords = {}) {
      const isText = typeof source === 'string' && source.trimStart().startsWith('{')
      const text = isText ? source : typeof source === 'string' ? undefined : memory.json(source)
      return new VideoProcessor([text, text === undefined ? source : undefined, JSON.stringify(keywords)])
    }

    get declaration() { return this.#config.rgb }
    get backend() { return this.#config.backend }
    get className() { return this.#config.className }
    get outputs() { return this.#config.outputs.map(({ name }) => name) }
    get config() { return JSON.parse(this.#config.record) }
    get notes() { return [...this.#config.notes] }

    explain() { return `${this.#config.explain}\n\n${this.#pipeline(this.#config, 3).explain()}` }
    toString() { return this.#config.rgb }
    [Symbol.for('nodejs.util.inspect.custom')]() {
      return `VideoProcessor(${this.className} of transformers: '${this.declaration}')`
    }

    // The pipeline for each RGB frame of a video of so many: a size may depend on their number.
    pipeline(frames) { return this.#pipeline(this.#of(frames), 3) }

    // How many patches a video of so many frames of this size becomes.
    patches(frames, height, width, options) {
      const called = this.#with(options)
      const config = called.#of(frames)
      if (called.#frames !== undefined) return frames * called.#frames.patches(height, width)
      const grid = called.#gridOf(config, height, width)
      const { multiple, temporal } = config.frames
      return (Math.ceil(frames / multiple) * multiple / temporal) * length(grid)
    }

    // How many tokens of a prompt it takes, as the processor of the model counts them.
    tokens(frames, height, width, options) {
      const called = this.#with(options)
      const config = called.#of(frames)
      return config.tokens(height, width, ...called.#gridOf(config, height, width), frames)
    }

    // Rows and columns of patches of a frame.
    #gridOf(config, height, width) {
      config.admits(height, width)
      return this.#pipeline(config, 3).geometry(height, width).patches ?? [1, 1]
    }

    runSync(videos, options) {
      const called = this.#with(options)
      if (called.#frames !== undefined) return called.#frames.runSync(...called.#listed(videos, options))
      const { runs, finish } = this.#with(options).#plan(videos, options?.out)
      for (const { pipe, images, out, after } of runs) {
        if (images.length > 1) pipe.batchSync(images, { out, threads: options?.threads })
        else pipe.runSync(images[0], { out, threads: options?.threads })
        after()
      }
      return finish()
    }

    async run(videos, options) {
      const called = this.#with(options)
      if (called.#frames !== undefined) return called.#frames.run(...called.#listed(videos, options))
      const { runs, finish } = this.#with(options).#plan(videos, options?.out)
      for (const { pipe, images, out, after } of runs) {
        if (images.length > 1) await pipe.batch(images, { out, threads: options?.threads })
        else await pipe.run(images[0], { out, threads: options?.threads })
        after()
      }
      return finish()
    }

    // The frames of all videos as images, and what a call says of them.
    #listed(videos, options) {
      const clips = clipsOf(videos)
      clips.forEach(evenSize)
      return [clips.flat(), { threads: options?.threads, out: options?.out, [framesOfVideos]: clips.map(frames => frames.length) }]
    }

    #read(frames) {
      const { described, admits, tokens } = readVideoConfig(...this.#source, frames)
      return { ...JSON.parse(described), admits, tokens }
    }

    // This processor with the keywords of a call; calls with the same ones share it.
    #with(options) {
      const key = JSON.stringify(Object.fromEntries(Object.entries(options ?? {}).filter(([key]) => !ours.includes(key))))
      if (key === '{}') return this
      return kept(this.#calls, key, () => new VideoProcessor(this.#source.slice(0, 3), key))
    }

    // The config for videos of so many frames.
    #of(frames) { return kept(this.#counted, frames, () => this.#read(frames)) }

    #pipeline(config, channels) {
      const kind = { 1: 'gray', 3: 'rgb', 4: 'alpha' }[channels]
      if (kind === undefined) throw refused(`frame: ${channels} channels, expected 1, 3 or 4`)
      const text = config[kind]
      if (text === undefined) throw refused(config[`${kind}Refused`])
      return kept(this.#pipelines, text, () => new Pipeline(text))
    }

    // The runs that fill the tensor, and what gives it under its names then.
    #plan(videos, out) {
      const clips = clipsOf(videos).map(images => {
        const config = this.#of(images.length)
        const first = evenSize(images)
        config.admits(first[0], first[1])
        return new Clip(config, this.#pipeline(config, first[2]), images)
      })
      const { concatenates } = this.#config
      const { name } = this.#config.outputs.find(({ kind }) => kind === 'pixels')
      const make = (dims, isFull) => room(out, dims, clips[0].pipe.element, name, isFull)
      const isOneAxis = clips[0].frame.length === 2
      const made = concatenates ? this.#concatenated(clips, make) : isOneAxis ? oneBehindTheOther(clips, make) : this.#stacked(clips, make)
      const finish = () => {
        const named = this.#config.outputs.map(output => [output.name, output.kind === 'pixels' ? made.pixels : beside(output, clips, made.pixels)])
        return Object.fromEntries(named.filter(([, value]) => value !== undefined))
      }
      return { runs: made.runs, finish }
    }

    // The patches of all videos, one video behind the other.
    #concatenated(clips, make) {
      const widths = [...new Set(clips.map(({ frame, temporal }) => frame[1] * temporal))]
      if (widths.length !== 1) throw refused(`videos: patches of ${widths.join(' and ')} elements, expected one number`)
      const rows = clips.map(({ groups, frame }) => groups * frame[0])
      const axes = this.#config.patchAxes
      const inner = axes.length > 0 ? [widths[0] / length(axes), ...axes] : widths
      const dims = [rows.reduce((sum, count) => sum + count, 0), ...inner]
      const data = make(dims, true)
      let at = 0
      const runs = clips.flatMap((clip, index) => clip.intoPatches(data.subarray(at, at += rows[index] * widths[0])))
      return { runs, pixels: { data, dims } }
    }

    // One tensor of videos of one shape, filled up with zeros where the class does that.
    #stacked(clips, make) {
      const { pads, outputs } = this.#config
      const shapes = clips.map(({ count, frame }) => [count, ...frame])
      const isOne = shapes.every(shape => String(shape) === String(shapes[0]))
      // Videos that are filled up with frames alone have frames of one size.
      const areFramesOne = clips.every(({ frame }) => String(frame) === String(clips[0].frame))
      if (!isOne && !(pads && (areFramesOne || outputs.some(({ kind }) => kind === 'framePixelMask')))) {
        const all = [...new Set(shapes.map(shape => `[${shape}]`))].sort().join(', ')
        throw refused(`videos: their tensors have the shapes ${all}, expected one: videos of as many frames, and a size that does not follow from the frame`)
      }
      const most = shapes[0].map((_, axis) => Math.max(...shapes.map(shape => shape[axis])))
      const dims = [clips.length, ...most]
      const data = make(dims, isOne)
      const runs = clips.flatMap((clip, index) => {
        const own = data.subarray(index * length(most), (index + 1) * length(most))
        if (String(clip.frame) === String(most.slice(1))) return clip.into(own.subarray(0, length(shapes[index])))
        const video = clip.make(length(shapes[index]))
        const [run] = clip.into(video)
        return [{ ...run, after: () => { run.after(); placed(video, clip.frame, own, most.slice(1)) } }]
      })
      return { runs, pixels: { data, dims } }
    }
  }

  // What a map has under a key, or what is made then; of 64 of them it begins anew.
  function kept(map, key, make) {
    if (!map.has(key)) {
      const made = make()
      if (map.size >= 64) map.clear()
      map.set(key, made)
    }
    return map.get(key)
  }

  // The frames of all videos on one axis.
  function oneBehindTheOther(clips, make) {
    const size = length(clips[0].frame)
    const dims = [clips.reduce((sum, { count }) => sum + count, 0), ...clips[0].frame]
    const data = make(dims, true)
    let at = 0
    const runs = clips.flatMap(clip => clip.into(data.subarray(at, at += clip.count * size)))
    return { runs, pixels: { data, dims } }
  }

  // Frames of channels, rows and columns at the top left of larger ones.
  function placed(video, [channels, rows, columns], to, [, high, wide]) {
    for (let row = 0; row < video.length / columns; row++) {
      const at = (Math.floor(row / rows) * high + (row % rows)) * wide
      to.set(video.subarray(row * columns, (row + 1) * columns), at)
    }
  }

  // What the library returns beside the tensor; nothing where it leaves that out.
  function beside({ kind, each, pair, groups }, clips, pixels) {
    const one = value => integers([clips.length], at => value(clips[at]))
    if (each !== undefined) return one(() => each[0])
    if (pair !== undefined) return integers([clips.length, 2], at => pair[at & 1])
    if (groups !== undefined) return one(({ grid }) => Math.floor(length(grid) / groups))
    if (kind === 'sourceSizes') return integers([clips.length, 2], at => clips[at >> 1].source[at & 1])
    if (kind === 'frameCount') return one(({ count }) => count)
    if (kind === 'gridCount') return one(({ chunks }) => chunks.length)
    if (kind === 'gridThw') {
      const grids = clips.flatMap(({ chunks, grid }) => chunks.map(count => [count, ...grid]))
      return integers([grids.length, 3], at => grids[Math.floor(at / 3)][at % 3])
    }
    if (kind === 'patchPositions') {
      const places = clips.flatMap(({ count, frame: [rows], grid: [high, wide] }) => {
        const place = index => (index < high * wide ? [index % wide, Math.floor(index / wide)] : [-1, -1])
        const frame = Array.from({ length: rows }, (_, index) => place(index)).flat()
        return Array.from({ length: count }, () => frame).flat()
      })
      const rows = clips[0].frame[0]
      return integers([places.length / rows / 2, rows, 2], at => places[at])
    }
    const [videos, most, , high, wide] = pixels.dims
    if (kind === 'frameMask') {
      if (clips.every(({ count }) => count === clips[0].count)) return undefined
      const inside = (_, at) => Number(at % most < clips[Math.floor(at / most)].count)
      return { data: Uint8Array.from({ length: videos * most }, inside), dims: [videos, most], type: 'bool' }
    }
    const frame = high * wide
    return integers([videos, most, high, wide], at => {
      const [, rows, columns] = clips[Math.floor(at / frame / most)].frame
      return Number(Math.floor((at % frame) / wide) < rows && at % wide < columns)
    })
  }

  exports.VideoProcessor = VideoProcessor
})
//# sourceURL=pixfuse:video.js
