// transformers.js: the image processor that a model's configuration makes, without a model and without a network.
//
// Its bilinear and bicubic are sharp's `affine`, which is not antialiased, whatever the configuration says; it swaps no
// channels, so it is given pixels that are RGB already.

import { ImageProcessor, RawImage, env } from '@huggingface/transformers'

import { OTHER_FILTER } from './way.mjs'

env.allowRemoteModels = false

const RESAMPLE = { nearest: 0, nearest_floor: 0, lanczos: 1, bilinear: 2, bicubic: 3 }

export function ways(workload) {
  // Its letterbox is another one, with the image in the corner.
  if (workload.fill !== null || (workload.filter !== null && !(workload.filter in RESAMPLE))) return []
  const { rows, columns, mean, std, outRows, outColumns, filter, cropped, resized: [height, width] } = workload
  const processor = new ImageProcessor({
    do_resize: filter !== null,
    size: { height, width },
    resample: RESAMPLE[filter],
    do_center_crop: cropped,
    crop_size: { height: outRows, width: outColumns },
    do_rescale: true,
    do_normalize: true,
    image_mean: mean,
    image_std: std,
  })
  const image = new RawImage(workload.rgb, columns, rows, 3)
  const run = async () => (await processor([image])).pixel_values.data
  return [{ name: 'transformers.js', run, tolerance: OTHER_FILTER }]
}
