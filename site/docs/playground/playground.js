// The playground: a photo, a declaration, and what comes of them. All of it happens here.

const find = name => document.getElementById(`playground-${name}`)
const START = 'input(rgb8),\nresize(shortest = 256, bicubic, antialias),\ncenter_crop(224, 224),\nnormalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], order = torchvision),\noutput(rgb, f32, chw)'
const SAMPLE = new URL('../photo.jpg', import.meta.url)

let pixfuse
// The file that is shown, and whether it came through a canvas.
let source
// Which run is the last one that was asked for: another one's answer is late.
let asked = 0

const hex = bytes => Array.from(new Uint8Array(bytes), byte => byte.toString(16).padStart(2, '0')).join('')

function show(element, text) {
  element.textContent = text
  element.hidden = text === ''
}

async function use(file, isExact = true) {
  source = { bytes: new Uint8Array(await file.arrayBuffer()), name: file.name ?? 'photo.jpg', isExact }
  await run()
}

// ---- what comes of a declaration and a photo

/** A pipeline that reads every file, as people mean it who write `rgb8`. */
function forFile(pipe, header) {
  const needsDrop = header.alpha && pipe.clauses.input?.startsWith('rgb8')
  return needsDrop ? pipe.with({ input: `${pipe.clauses.input.replace('rgb8', 'rgba8')}, alpha = drop` }) : pipe
}

async function run() {
  const number = ++asked
  const text = find('text').value
  history.replaceState(null, '', `#${encodeURIComponent(text)}`)
  let pipe
  try {
    pipe = new pixfuse.Pipeline(text)
    show(find('error'), '')
  } catch (error) {
    show(find('error'), error.message)
    return
  }
  show(find('plan'), pipe.explain())
  code(text)
  if (source === undefined) return
  try {
    const header = pixfuse.probe(source.bytes)
    const [rows, columns] = header.shown
    const turned = header.orientation > 1 ? `, turned as its note says (${header.orientation})` : ''
    const road = source.isExact ? '' : '; a camera\'s frame went through a canvas of the browser, which is not exact'
    show(find('header'), `${source.name}: ${header.format}, ${columns} x ${rows}${turned}${road}`)
    const whole = forFile(pipe, header)
    const start = performance.now()
    const { data, dims } = whole.decodeSync(source.bytes)
    const milliseconds = performance.now() - start
    const picture = whole.previewSync(source.bytes)
    const digest = globalThis.crypto?.subtle
      ? hex(await crypto.subtle.digest('SHA-256', data))
      : 'needs a page of https or localhost'
    if (number !== asked) return
    facts(whole, dims, data, milliseconds, digest)
    await paint(picture)
  } catch (error) {
    show(find('error'), error.message)
  }
}

function facts(pipe, dims, data, milliseconds, digest) {
  const geometry = pipe.decodeGeometry(source.bytes)
  const sides = ([rows, columns]) => `${columns} x ${rows}`
  const rows = [
    ['tensor', `[${dims.join(', ')}] ${pipe.element}, ${data.byteLength.toLocaleString('en')} bytes`],
    ['SHA-256', digest],
    ['decoded and run', `${milliseconds.toFixed(1)} ms on the level ${pipe.level}`],
    ['source, resized, output', [geometry.source, geometry.resized, geometry.output].map(sides).join(', ')],
    ['content', `${geometry.content[3]} x ${geometry.content[2]} from column ${geometry.content[1]}, row ${geometry.content[0]}`],
  ]
  if (geometry.tiles) rows.push(['tiles', `${geometry.tiles.join(' rows x ')} columns${geometry.thumbnail === undefined ? '' : ' and a thumbnail'}`])
  if (geometry.patches) rows.push(['patches', `${geometry.patches.join(' rows x ')} columns`])
  find('facts').replaceChildren(...rows.flatMap(([name, value]) => {
    const [term, description] = [document.createElement('dt'), document.createElement('dd')]
    term.textContent = name
    description.textContent = value
    return [term, description]
  }))
}

/** The picture, and each of its channels in gray. */
async function paint(file) {
  const image = find('picture')
  if (image.src) URL.revokeObjectURL(image.src)
  image.src = URL.createObjectURL(new Blob([file], { type: 'image/png' }))
  image.hidden = false
  await image.decode()
  const { naturalWidth: width, naturalHeight: height } = image
  image.nextElementSibling.textContent = `${width} x ${height}`
  const all = document.createElement('canvas')
  Object.assign(all, { width, height })
  const context = all.getContext('2d', { willReadFrequently: true })
  context.drawImage(image, 0, 0)
  const { data } = context.getImageData(0, 0, width, height)
  document.querySelectorAll('.playground-pictures canvas').forEach((canvas, channel) => {
    Object.assign(canvas, { width, height })
    const gray = new ImageData(width, height)
    for (let at = 0; at < data.length; at += 4) {
      gray.data.fill(data[at + channel], at, at + 3)
      gray.data[at + 3] = 255
    }
    canvas.getContext('2d').putImageData(gray, 0, 0)
  })
}

// ---- the same in other languages

const line = text => text.trim().replace(/\s*\n\s*/g, ' ')
const LANGUAGES = {
  Python: text => `import pixfuse\n\npipe = pixfuse.Pipeline("${line(text)}")\ntensor = pipe.decode("photo.jpg")`,
  'Node.js': text => `const { Pipeline } = require('pixfuse')\n\nconst pipe = new Pipeline('${line(text)}')\nconst { data, dims } = pipe.decodeSync('photo.jpg')`,
  Rust: text => `use pixfuse_decode::{Options, decode};\n\nlet pipe = pixfuse::Pipeline::parse(\n    "${line(text)}",\n)?;\nlet tensor = decode::<${rustType(text)}>(&pipe, &std::fs::read("photo.jpg")?, &Options::default())?;`,
  Browser: text => `import { init, Pipeline } from 'pixfuse-web'\n\nawait init()\nconst pipe = new Pipeline('${line(text)}')\nconst { data, dims } = await pipe.decode(input.files[0])`,
}
let language = 'Python'

/** The type of the tensor's elements. */
function rustType(text) {
  try {
    const { element } = new pixfuse.Pipeline(text)
    return { f16: 'pixfuse::f16', bf16: 'pixfuse::bf16' }[element] ?? element
  } catch {
    return 'f32'
  }
}

function code(text = find('text').value) {
  find('code').textContent = LANGUAGES[language](text)
}

function languages() {
  const tabs = Object.keys(LANGUAGES).map(name => {
    const tab = document.createElement('button')
    Object.assign(tab, { type: 'button', textContent: name, className: 'md-button' })
    tab.setAttribute('role', 'tab')
    tab.addEventListener('click', () => choose(name))
    return tab
  })
  function choose(name) {
    language = name
    tabs.forEach(tab => {
      const isChosen = tab.textContent === name
      tab.setAttribute('aria-selected', String(isChosen))
      tab.tabIndex = isChosen ? 0 : -1
    })
    code()
  }
  // One tab stop for all, and arrows between them.
  find('languages').addEventListener('keydown', ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key]
    if (step === undefined) return
    const at = (tabs.findIndex(tab => tab.textContent === language) + step + tabs.length) % tabs.length
    choose(tabs[at].textContent)
    tabs[at].focus()
  })
  find('languages').append(...tabs)
  choose(language)
}

// ---- what people do

/** Waits until nobody has typed for a moment. */
function afterAWhile(work) {
  let timer
  return () => {
    clearTimeout(timer)
    timer = setTimeout(work, 150)
  }
}

function config() {
  const text = find('config').value.trim()
  if (text === '') return show(find('notes'), '')
  try {
    const processor = pixfuse.Processor.fromConfig(text, { backend: find('backend').value })
    find('text').value = processor.declaration.replace(/, (?=[a-z_]+\()/g, ',\n')
    find('preset').value = ''
    show(find('notes'), [`${processor.className} of ${processor.library}, backend ${processor.backend}`, `returns ${processor.outputs.join(', ')}`, ...processor.notes].join('\n'))
    run()
  } catch (error) {
    show(find('notes'), error.message)
  }
}

/** Takes one frame: the first press starts the camera, the next one keeps what it shows. */
async function camera() {
  const video = find('video')
  if (video.hidden) {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
    } catch (error) {
      return show(find('header'), `The camera is not to be had: ${error.message}`)
    }
    video.hidden = false
    await video.play()
    find('camera').textContent = 'Take'
    return
  }
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight })
  canvas.getContext('2d').drawImage(video, 0, 0)
  video.srcObject.getTracks().forEach(track => track.stop())
  video.srcObject = null
  video.hidden = true
  find('camera').textContent = 'Camera'
  const blob = await new Promise(resolve => { canvas.toBlob(resolve, 'image/png') })
  await use(new File([blob], 'camera.png'), false)
}

function listen() {
  const drop = document.querySelector('.playground-drop')
  const over = isOver => event => {
    event.preventDefault()
    drop.classList.toggle('is-over', isOver)
  }
  // Anywhere on the page: a file that misses would leave it.
  document.addEventListener('dragover', over(true))
  document.addEventListener('dragleave', over(false))
  document.addEventListener('drop', event => {
    over(false)(event)
    if (event.dataTransfer.files.length > 0) use(event.dataTransfer.files[0])
  })
  document.addEventListener('paste', ({ clipboardData }) => {
    if (clipboardData.files.length > 0) use(clipboardData.files[0])
  })
  find('file').addEventListener('change', ({ target }) => target.files.length > 0 && use(target.files[0]))
  find('sample').addEventListener('click', sample)
  find('camera').addEventListener('click', camera)
  find('text').addEventListener('input', afterAWhile(run))
  find('config').addEventListener('input', afterAWhile(config))
  find('backend').addEventListener('change', config)
  find('preset').addEventListener('change', ({ target }) => {
    if (target.value === '') return
    find('text').value = pixfuse.presets[target.value].spec.replace(/, (?=[a-z_]+\()/g, ',\n')
    run()
  })
  find('copy').addEventListener('click', async () => {
    await navigator.clipboard.writeText(find('code').textContent)
    find('copy').textContent = 'Copied'
    setTimeout(() => { find('copy').textContent = 'Copy' }, 1500)
  })
}

async function sample() {
  const response = await fetch(SAMPLE)
  if (response.ok) await use(new File([await response.blob()], 'sample.jpg'))
}

async function begin() {
  try {
    pixfuse = await import(new URL('../pixfuse-web/index.js', import.meta.url))
    await pixfuse.init()
  } catch (error) {
    show(find('missing'), `The playground's module is not beside this page (${error.message}): \`cargo xtask site\` builds it.`)
    return
  }
  show(find('missing'), '')
  find('page').hidden = false
  for (const name of pixfuse.presets.names()) find('preset').append(new Option(name))
  find('text').value = decodeURIComponent(location.hash.slice(1)) || START
  languages()
  listen()
  await run()
  await sample()
}

begin()
