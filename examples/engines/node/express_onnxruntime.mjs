// Express with onnxruntime-node: an upload is decoded on another thread, and its tensor goes to the model as it is.

import { fileURLToPath } from 'node:url'
import express from 'express'
import ort from 'onnxruntime-node'
import { presets } from 'pixfuse'

// What stands for a model here: it gives back what it gets.
const session = await ort.InferenceSession.create(fileURLToPath(new URL('../identity.onnx', import.meta.url)))

export const app = express()
app.post('/model', express.raw({ type: 'image/*', limit: '20mb' }), async (request, response) => {
  let tensor
  try {
    tensor = await presets.imagenet.decode(request.body, { maxPixels: 50e6 })
  } catch ({ code, message }) {
    return response.status(415).json({ code, message })
  }
  const { y } = await session.run({ x: new ort.Tensor('float32', tensor.data, [1, ...tensor.dims]) })
  response.type('application/octet-stream').send(Buffer.from(y.data.buffer, y.data.byteOffset, y.data.byteLength))
})
