import { presets } from 'pixfuse'

export const runtime = 'nodejs' // an edge runtime loads no addon

export async function POST(request) {
  try {
    const { data } = await presets.imagenet.decode(await request.blob(), { maxPixels: 50e6 })
    return new Response(data.buffer, { headers: { 'content-type': 'application/octet-stream' } })
  } catch ({ code, message }) {
    return Response.json({ code, message }, { status: 415 })
  }
}
