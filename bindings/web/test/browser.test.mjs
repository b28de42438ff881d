// The package in a browser: a page loads it as a site does, decodes files from Blobs, reads configs, and sends back digests.
// They are those that the libraries gave, which the tests of the other languages have too.

import assert from 'node:assert/strict'
import test from 'node:test'

import { browsed, browsers } from './browser.mjs'
import { answers, assertGoldens, cases } from './goldens.mjs'

for (const browser of browsers) {
  test(`a page in ${browser.name} gives the digests of the libraries`, { skip: browser.missing }, async t => {
    const all = cases()
    const answer = await answers(all, (address, answer) => browsed(browser, `${address}/index.html`, () => answer))
    assertGoldens(all, answer)
    t.diagnostic(`the module was loaded in ${answer.milliseconds.toFixed(1)} ms`)
    const { photos, pixels, whole } = answer.smaller
    assert.deepEqual([photos, pixels], [all.decoded[0][4], whole])
    const { gaps, service, wide, ...exact } = answer.exact
    const video = { input: 'i420, matrix = bt709, range = limited', orient: 1, assumed: [], exact: true, isSame: true }
    assert.deepEqual(exact, {
      canvas: { exact: false, channels: 4, width: 3, height: 2 },
      refused: 'image: exact: true, but OffscreenCanvas is no exact source: a browser manages its colours, and some add noise to what a canvas gives; give the file to decode',
      isNoImage: 'image: expected { data, width, height }, found an OffscreenCanvas; give `await pixels(image)`, which is not exact, or the file to `decode`',
      isNoFrame: 'image: expected { data, width, height }, found a VideoFrame; give what `await frame(image)` says',
      inline: true,
      worker: all.decoded[0][4],
      video,
      film: { dims: [1, 3, 3, 224, 224], isSame: true },
    })
    // Service workers of modules are younger in the others.
    if (browser.name === 'Chromium' || /^[0-9a-f]{64}$/.test(service)) assert.equal(service, all.decoded[0][4])
    else t.diagnostic(`a service worker: ${service}`)
    // Firefox and WebKitGTK pass over `layout` when they make a frame of bytes, which is how a page without a film gets one.
    assert.deepEqual(gaps, browser.name === 'Chromium' ? video : { ...video, isSame: gaps.isSame })
    const refused = "image: colorSpace: 'display-p3', expected 'srgb', which models are trained on"
    assert.ok(wide === refused || wide === null && browser.name !== 'Chromium', wide)
  })
}
