// The last step of those who have resized u8 pixels: normalisation and planes, in plain JavaScript.

/** HWC bytes, `step` a pixel, to the planes of `out`, from element `start` of each on. */
export function toPlanes(pixels, step, out, plane, start, gain, offset, channels) {
  const [gain0, gain1, gain2] = gain
  const [offset0, offset1, offset2] = offset
  const [a, b, c] = channels
  const end = start + pixels.length / step
  for (let i = start, at = 0; i < end; i++, at += step) {
    out[i] = pixels[at + a] * gain0 + offset0
    out[plane + i] = pixels[at + b] * gain1 + offset1
    out[2 * plane + i] = pixels[at + c] * gain2 + offset2
  }
  return out
}
