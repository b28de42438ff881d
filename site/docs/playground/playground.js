// The playground: a photo, a declaration, and what comes of them. All of it happens here.

const find = name => document.getElementById(`playground-${name}`)
const START = 'input(rgb8),\nresize(shortest = 256, bicubic, antialias),\ncenter_crop(224, 224),\nnormalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], order = torchvision),\noutput(rgb, f32, chw)'
const SAMPLE = new URL('../photo.jpg', import.meta.url)

let pixfuse
// The file that is shown, and whether it came through a canvas.
let source
// Which run is the last one that was asked for: another one's answer is late.
let asked = 0
// The declaration that is shown in other languages: of what ran.
let shown = ''

const hex = bytes => Array.from(new Uint8Array(bytes), byte => byte.toString(16).padStart(2, '0')).join('')

function show(element, text) {
  element.textContent = text
  element.hidden = text === ''
}

async function use(file, isExact = true) {
  stop()
  source = { bytes: new Uint8Array(await file.arrayBuffer()), name: file.name ?? 'photo.jpg', isExact }
  await run()
}

// ---- what comes of a declaration and a photo

/** What is wrong, under the declaration; what was shown before is of another one then. */
function refuse(message) {
  // Sentences go on in a next line, where they are too long; a quoted line and the caret below it stay what they are.
  const blocks = message.split(/\n(?=\S)|(?<=^\S.*)\n(?= )/m).map(text => {
    const block = document.createElement('span')
    block.textContent = text
    block.className = text.startsWith(' ') ? 'playground-quoted' : ''
    return block
  })
  find('error').replaceChildren(...blocks)
  find('error').hidden = message === ''
  find('text').setAttribute('aria-invalid', String(message !== ''))
  find('seen').classList.toggle('is-old', message !== '')
  find('old').hidden = message === '' || find('facts').childElementCount === 0
}

/** A pipeline that reads every file, as people mean it who write `rgb8`. */
function forFile(pipe, header) {
  const needsDrop = header.alpha && pipe.clauses.input?.startsWith('rgb8')
  return needsDrop ? pipe.with({ input: `${pipe.clauses.input.replace('rgb8', 'rgba8')}, alpha = drop` }) : pipe
}

/** The boxes that somebody wrote: four numbers each. */
function boxes() {
  const numbers = find('boxes').value.split(/[\s,;[\]]+/).filter(word => word !== '').map(Number)
  if (numbers.length % 4 !== 0 || !numbers.every(Number.isFinite)) {
    throw new Error(`boxes: expected four numbers a box (left, top, right, bottom), found ${find('boxes').value}`)
  }
  return Array.from({ length: numbers.length / 4 }, (_, index) => numbers.slice(index * 4, index * 4 + 4))
}

async function run() {
  const number = ++asked
  const text = find('text').value
  history.replaceState(null, '', `#${encodeURIComponent(text)}`)
  let pipe
  try {
    pipe = new pixfuse.Pipeline(text)
  } catch (error) {
    return refuse(error.message)
  }
  show(find('plan'), pipe.explain())
  shown = text
  code()
  if (source === undefined) return refuse('')
  try {
    const header = pixfuse.probe(source.bytes)
    const [rows, columns] = header.shown
    const turned = header.orientation > 1 ? `, turned as its note says (${header.orientation})` : ''
    const road = source.isExact ? '' : '; a camera\'s frame went through a canvas of the browser, which is not exact'
    const whole = forFile(pipe, header)
    const dropped = whole === pipe ? '' : `; its alpha is dropped by input(${whole.clauses.input})`
    show(find('header'), `${source.name}: ${header.format}, ${columns} x ${rows}${turned}${road}${dropped}`)
    shown = whole === pipe ? text : whole.spec
    code()
    const drawn = boxes()
    const start = performance.now()
    const { data, dims } = whole.decodeSync(source.bytes)
    const milliseconds = performance.now() - start
    const pictures = [drawn, []].map(boxes => whole.previewSync(source.bytes, { boxes }))
    const digest = globalThis.crypto?.subtle
      ? hex(await crypto.subtle.digest('SHA-256', data))
      : 'needs a page of https or localhost'
    if (number !== asked) return
    refuse('')
    facts(whole, dims, data, milliseconds, digest, drawn)
    await paint(...pictures)
  } catch (error) {
    refuse(error.message)
  }
}

function facts(pipe, dims, data, milliseconds, digest, drawn) {
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
  if (drawn.length > 0 && !geometry.tiles) {
    const places = geometry.mapBoxes(drawn).map(box => box.map(side => Number(side.toFixed(1))).join(' '))
    rows.push(['boxes, in the output', places.join('; ')])
  }
  find('facts').replaceChildren(...rows.flatMap(([name, value]) => {
    const [term, description] = [document.createElement('dt'), document.createElement('dd')]
    term.textContent = name
    description.textContent = value
    return [term, description]
  }))
}

/** The picture with its boxes, and each channel of the one without in gray. */
async function paint(file, plain) {
  const image = find('picture')
  if (image.src) URL.revokeObjectURL(image.src)
  image.src = URL.createObjectURL(new Blob([file], { type: 'image/png' }))
  image.hidden = false
  const bitmap = await createImageBitmap(new Blob([plain], { type: 'image/png' }))
  const { width, height } = bitmap
  image.nextElementSibling.textContent = `${width} x ${height}`
  const all = document.createElement('canvas')
  Object.assign(all, { width, height })
  const context = all.getContext('2d', { willReadFrequently: true })
  context.drawImage(bitmap, 0, 0)
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
  Rust: text => `use pixfuse::Pipeline;
use pixfuse_decode::{Options, decode};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pipe = Pipeline::parse(
        "${line(text)}",
    )?;
    let file = std::fs::read("photo.jpg")?;
    let tensor = decode::<${rustType(text)}>(&pipe, &file, &Options::default())?;
    println!("{:?}", tensor.dims);
    Ok(())
}`,
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

function code() {
  find('code').textContent = LANGUAGES[language](shown)
}

function languages() {
  const tabs = Object.keys(LANGUAGES).map(name => {
    const tab = document.createElement('button')
    Object.assign(tab, { type: 'button', textContent: name, className: 'md-button', id: `playground-language-${name.replace('.', '')}` })
    tab.setAttribute('role', 'tab')
    tab.setAttribute('aria-controls', 'playground-code')
    tab.addEventListener('click', () => choose(name))
    return tab
  })
  function choose(name) {
    language = name
    tabs.forEach(tab => {
      const isChosen = tab.textContent === name
      tab.setAttribute('aria-selected', String(isChosen))
      tab.tabIndex = isChosen ? 0 : -1
      if (isChosen) find('code').setAttribute('aria-labelledby', tab.id)
    })
    code()
  }
  // One tab stop for all, and arrows between them.
  find('languages').addEventListener('keydown', event => {
    const at = tabs.findIndex(tab => tab.textContent === language)
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key]
    if (next === undefined) return
    event.preventDefault()
    const tab = tabs.at(next % tabs.length)
    choose(tab.textContent)
    tab.focus()
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
    find('notes').classList.remove('is-wrong')
    show(find('notes'), [
      `${processor.className} of ${processor.library}, backend ${processor.backend}`,
      `returns ${returned(processor)}`,
      ...processor.views.map(view => `another tensor of the same image: ${view.declaration}`),
      ...processor.notes,
    ].join('\n'))
    run()
  } catch (error) {
    find('notes').classList.add('is-wrong')
    show(find('notes'), error.message)
  }
}

/** What a class returns of the photo: several tiles, where the declaration is that of one. */
function returned(processor) {
  try {
    const made = processor.decodeSync(source.bytes)
    return Object.entries(made).map(([name, { dims }]) => (dims ? `${name} [${dims.join(', ')}]` : name)).join(', ')
  } catch {
    return processor.outputs.join(', ')
  }
}

/** Ends the camera. */
function stop() {
  const video = find('video')
  video.srcObject?.getTracks().forEach(track => track.stop())
  video.srcObject = null
  video.hidden = true
  find('camera').textContent = 'Camera'
}

/** Takes one frame: the first press starts the camera, the next one keeps what it shows. */
async function camera() {
  const video = find('video')
  if (video.hidden) {
    if (navigator.mediaDevices === undefined) {
      return show(find('header'), 'The camera is not to be had: browsers give it to pages of https and of localhost alone')
    }
    find('camera').disabled = true
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
    } catch (error) {
      return show(find('header'), `The camera is not to be had: ${error.message}`)
    } finally {
      find('camera').disabled = false
    }
    video.hidden = false
    await video.play()
    find('camera').textContent = 'Take'
    return
  }
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight })
  canvas.getContext('2d', { alpha: false }).drawImage(video, 0, 0)
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
  find('text').addEventListener('input', () => { find('preset').value = '' })
  find('text').addEventListener('input', afterAWhile(run))
  find('config').addEventListener('input', afterAWhile(config))
  find('backend').addEventListener('change', config)
  find('preset').addEventListener('change', ({ target }) => {
    if (target.value === '') return
    find('text').value = pixfuse.presets[target.value].spec.replace(/, (?=[a-z_]+\()/g, ',\n')
    run()
  })
  find('boxes').addEventListener('input', afterAWhile(run))
  find('copy').addEventListener('click', copy)
}

/** Copies the code; where a page may not, it is selected, to be copied by hand. */
async function copy() {
  let said = 'Copied'
  try {
    await navigator.clipboard.writeText(find('code').textContent)
  } catch {
    getSelection().selectAllChildren(find('code'))
    said = 'Selected: now copy it'
  }
  show(find('copied'), said)
  setTimeout(() => show(find('copied'), ''), 3000)
}

/** The declaration that the address has, or the one to begin with. */
function first() {
  try {
    return decodeURIComponent(location.hash.slice(1)) || START
  } catch {
    return START
  }
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
  find('text').value = shown = first()
  languages()
  listen()
  await run()
  await sample()
}

begin()
