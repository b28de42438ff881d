// What a pipeline can be made of, and what it says about itself.

import assert from 'node:assert/strict'
import test from 'node:test'
import { inspect } from 'node:util'

import { Pipeline, presets } from '../index.mjs'
import { assertRefused } from './images.mjs'

const TEXT = 'input(rgb8), resize(240, 256, bilinear), normalize(), output(rgb, f32, chw)'
const OPEN = 'input(rgb8), resize(_, _, bilinear), normalize(mean = _, std = _), output(rgb, f32, chw)'
const mean = [0.485, 0.456, 0.406]

test('an object says what a text says', () => {
  const pairs = [
    [{ input: 'rgb8', resize: [240, 256, 'bilinear'], normalize: true, output: ['rgb', 'f32', 'chw'] }, TEXT],
    [{ output: ['rgb', 'u8'], input: 'rgb8' }, 'input(rgb8), output(rgb, u8)'],
    [{ input: 'rgb8', normalize: false, resize: undefined, output: ['rgb', 'u8', 'hwc'] }, 'input(rgb8), output(rgb, u8, hwc)'],
    [
      { input: ['rgba8', 'chw', { alpha: 'drop' }], normalize: { mean, std: 2, eps: undefined }, output: 'bgr, f32' },
      'input(rgba8, chw, alpha = drop), normalize(mean = [0.485, 0.456, 0.406], std = 2), output(bgr, f32)',
    ],
    [
      { input: ['gray8'], normalize: { scale: '1/128', mean: [1] }, output: ['gray', 'f32', 'chw'] },
      'input(gray8), normalize(scale = 1/128, mean = 1), output(gray, f32, chw)',
    ],
  ]
  const framed = [
    ['resize(shortest = 256, max = 300, bilinear, antialias, like = torch), center_crop(224)',
      { resize: [{ shortest: 256, max: 300 }, 'bilinear', 'antialias', { like: 'torch' }], centerCrop: 224 }],
    ['resize(longest = 64, area), crop(1, 2, 3, 4), pad(1, 2, 3, 4, fill = [1, 2, 3])',
      { resize: [{ longest: 64 }, 'area'], crop: [1, 2, 3, 4], pad: [1, 2, 3, 4, { fill: [1, 2, 3] }] }],
    ['letterbox(64, 32, bilinear, fill = 0, stride = 32, scale_up = false)',
      { letterbox: [64, 32, 'bilinear', { fill: 0, stride: 32, scaleUp: false }] }],
    ['letterbox(64, 32, lanczos, antialias, pillow = 12, rule = yolox, scale_up = true)',
      { letterbox: [64, 32, 'lanczos', 'antialias', { pillow: 12, rule: 'yolox', scaleUp: true }] }],
    ['center_crop(5, 6, rounding = floor, fill = 7)', { centerCrop: [5, 6, { rounding: 'floor', fill: 7 }] }],
    ['center_crop(5, 6)', { center_crop: [5, 6] }],
  ]
  for (const [clauses, object] of framed) {
    pairs.push([{ input: 'rgb8', ...object, output: ['rgb', 'f32'] }, `input(rgb8), ${clauses}, output(rgb, f32)`])
  }
  for (const [object, text] of pairs) assert.equal(new Pipeline(object).spec, new Pipeline(text).spec)
})

test('an error tells the mistakes of a declaration by their fields', () => {
  const mistakes = make => {
    try {
      make()
    } catch (error) {
      assert.ok(error instanceof Error)
      assert.equal(error.code, 'InvalidArg')
      for (const { message } of error.mistakes ?? []) assert.ok(error.message.includes(message))
      return error.mistakes?.map(({ message, ...fields }) => fields)
    }
    return assert.fail()
  }
  const rows = { kind: 'value', clause: 'resize', argument: 'rows', value: '0', expected: { least: 1, most: 65535 } }
  assert.deepEqual(mistakes(() => new Pipeline('input(rgb8), resize(0, 8, bilinear), output(rgb, f32)')), [rows])
  const object = { input: 'rgb8', resize: [0, 8, 'bilinear'], normalize: { std: [1, 0, 1] }, output: ['rgb', 'f33'] }
  assert.deepEqual(mistakes(() => new Pipeline(object)), [
    rows,
    { kind: 'rule', clause: 'normalize', argument: 'std', index: 1, value: '0' },
    { kind: 'value', clause: 'output', argument: 'element', value: 'f33', expected: ['f32', 'f16', 'bf16', 'u8', 'i8'] },
  ])
  const open = 'input(rgb8), resize(_, 8, bilinear), output(rgb, f32)'
  assert.deepEqual(mistakes(() => new Pipeline(open)), [{ kind: 'argument', argument: 'rows' }])
  const expected = ['f32', 'f16', 'bf16', 'u8', 'i8']
  assert.deepEqual(mistakes(() => presets.yolo.with({ output: 'rgb' })), [{ kind: 'argument', clause: 'output', argument: 'element', expected }])
  assert.equal(mistakes(() => new Pipeline(5)), undefined)
})

test('numbers left open are given beside the text or the object', () => {
  const expected = 'input(rgb8), resize(3, 4, bilinear), normalize(mean = [0.485, 0.456, 0.406], std = 2), output(rgb, f32, chw)'
  const values = { rows: 3, columns: 4, mean, std: 2, scale: undefined }
  const { spec } = new Pipeline(expected)
  assert.equal(new Pipeline(OPEN, values).spec, spec)
  const object = { input: 'rgb8', resize: [null, '_', 'bilinear'], normalize: { mean: '_', std: null }, output: ['rgb', 'f32', 'chw'] }
  assert.equal(new Pipeline(object, values).spec, spec)
  const sides = 'input(rgb8), resize(shortest = _, area), center_crop(_, _), output(rgb, u8)'
  const framed = 'input(rgb8), resize(shortest = 9, area), center_crop(7, 8), output(rgb, u8)'
  assert.equal(new Pipeline(sides, { shortest: 9, cropRows: 7, cropColumns: 8 }).spec, new Pipeline(framed).spec)
  assertRefused(() => new Pipeline(sides, { longest: 9 }), /shortest: not given.*longest: given, but .*crop_rows: not given/s)
  assert.deepEqual(new Pipeline('input(rgb8), resize(longest = _, area), output(rgb, u8)', { longest: 9 }).outputShape(3, 3), [3, 9, 9])
  const open = 'input(gray8), normalize(scale = _, eps = _), output(gray, f32, hwc)'
  assert.equal(new Pipeline(open, { scale: 1, eps: 0.5 }).spec, 'input(gray8), normalize(scale = 1, eps = 0.5), output(gray, f32, hwc)')
})

test('a pipeline describes itself', () => {
  const pipe = new Pipeline(TEXT)
  assert.equal(pipe.spec, TEXT)
  assert.equal(String(pipe), TEXT)
  assert.equal(new Pipeline(JSON.parse(JSON.stringify(pipe))).spec, TEXT)
  assert.equal(inspect(pipe), `Pipeline('${TEXT}')`)
  assert.equal(pipe.element, 'f32')
  assert.match(pipe.explain(), new RegExp(`^input.*kernel +grid\\nlevel +${pipe.level}\\ndecoders +JPEG `, 's'))
  assert.match(new Pipeline('input(nv12), output(rgb, u8)').explain(), /level +\w+$/)
  assert.deepEqual(pipe.outputShape(480, 640), [3, 240, 256])
  assert.deepEqual(new Pipeline('input(gray8), output(gray, u8, hwc)').outputShape(480, 640), [480, 640, 1])
  assert.throws(() => { pipe.spec = 'other' }, TypeError)
})

test('declarations that are none', () => {
  const cases = [
    [undefined, /^declaration: expected a text or an object of clauses, found undefined$/],
    [null, /^declaration: .* found null$/],
    [5, /^declaration: .* found 5$/],
    [[], /^declaration: .* found an array$/],
    [() => {}, /^declaration: .* found a function$/],
    [Symbol('input'), /^declaration: .* found a symbol$/],
    [5n, /^declaration: .* found a bigint$/],
    ['', /input is missing/],
    ['input(rgb8), output(rgb, f64)', /f64/],
    [{}, /input is missing/],
    [new Float32Array(2), /expected a clause such as input\(\.\.\), found 0/],
    [{ input: 'rgb8', blur: [1], output: ['rgb', 'u8'] }, /unknown clause `blur`/],
    [{ input: Symbol('rgb8') }, /^input: expected .*, found a symbol$/],
    [{ input: 'rgb8', resize: [240, undefined, 'bilinear'] }, /^resize: found undefined/],
    [{ input: 'rgb8', resize: [240, 256n, 'bilinear'] }, /^resize: expected .*, found a bigint$/],
    [{ input: 'rgb8', resize: new Array(3) }, /^resize: found undefined/],
    [{ input: 'rgb8', normalize: { mean: [NaN, 1, 1] }, output: ['rgb', 'f32'] }, /mean: NaN is not a finite number/],
    [{ input: 'rgb8', normalize: { mean: [[1], 1, 1] }, output: ['rgb', 'f32'] }, /mean\[0\] must be a number, found a list/],
    [{ input: 'rgb8', output: ['rgb', 'f32)', 'chw'] }, /brackets that do not belong there/],
    [{ input: 'rgb8', output: ['rgb', true] }, /^output: unknown element type `true`/],
    [{ input: 'rgb8', letterbox: [1, 1, 'bilinear', { scaleUp: 'no' }], output: ['rgb', 'u8'] }, /scale_up must be true or false/],
    [{ input: 'rgb8', centerCrop: 2, center_crop: 2, output: ['rgb', 'u8'] }, /center_crop: the clause is given twice/],
    [{ input: 'rgb8', crop: [0, 0, 1], output: ['rgb', 'u8'] }, /crop\(top, left, rows, columns\)/],
    [OPEN, /rows: not given.*columns: not given.*mean: not given.*std: not given/s],
  ]
  for (const [declaration, message] of cases) assertRefused(() => new Pipeline(declaration), message)
  assert.throws(() => Pipeline(TEXT), TypeError)
})

test('an array that holds itself ends', () => {
  const list = []
  list.push(list)
  assertRefused(() => new Pipeline({ input: list }), /expected a single value, found a list/)
  const clause = {}
  clause.mean = clause
  assertRefused(() => new Pipeline({ input: clause }), /expected a value, found named arguments/)
})

test('values that are none', () => {
  const good = { rows: 3, columns: 4, mean, std: 1 }
  const cases = [
    [5, /^values: expected an object like \{ rows: 240 \}, found 5$/],
    ['rows', /^values: .* found 'rows'$/],
    [[3, 4], /^values: .* found an array$/],
    [{ ...good, rows: '3' }, /^rows: expected a whole number of at least 1, found '3'$/],
    [{ ...good, rows: null }, /^rows: .* found null$/],
    [{ ...good, columns: 0 }, /^columns: .* found 0$/],
    [{ ...good, columns: 2.5 }, /^columns: .* found 2.5$/],
    [{ ...good, columns: NaN }, /^columns: .* found NaN$/],
    [{ ...good, columns: 2 ** 53 }, /^columns: /],
    [{ ...good, columns: 2 ** 31 }, /columns must be/],
    [{ ...good, mean: 'x' }, /^mean: expected a number or a list of numbers, found 'x'$/],
    [{ ...good, mean: [1, 2, '3'] }, /^mean: expected a number, found '3'$/],
    [{ ...good, mean: [1, 2] }, /mean/],
    [{ ...good, std: [1, 0, 1] }, /std/],
    [{ ...good, eps: 1 }, /^eps: given, but normalize\(.*\) already says 0/],
    [{ ...good, side: 1 }, /^unknown number `side`, expected one of rows, columns, shortest, longest, cropRows, cropColumns, scale, mean, std, eps$/],
  ]
  for (const [values, message] of cases) assertRefused(() => new Pipeline(OPEN, values), message)
})

test('what a getter or a proxy throws comes through', () => {
  const thrown = new RangeError('from the getter')
  const throws = () => { throw thrown }
  const proxy = new Proxy({}, { ownKeys: throws })
  const declarations = [{ get input() { throws() } }, proxy, new Proxy({ input: 1 }, { get: throws }), { input: [proxy] }]
  for (const declaration of declarations) assert.throws(() => new Pipeline(declaration), error => error === thrown)
  for (const values of [{ get rows() { throws() } }, proxy]) assert.throws(() => new Pipeline(OPEN, values), error => error === thrown)
  assertRefused(() => new Pipeline(new Proxy([], {})), /input is missing|found an array/)
})

test('presets by name', () => {
  assert.deepEqual(presets.names(), Object.keys(presets).filter(name => name !== 'names' && name !== 'get'))
  assertRefused(() => presets.get('HandWrittenLoop'), /^name: HandWrittenLoop is none of handWrittenLoop, /)
  assertRefused(() => presets.get('constructor'), /^name: constructor is none of/)
  presets.names().pop()
  assert.ok(presets.names().length > 1)
})
