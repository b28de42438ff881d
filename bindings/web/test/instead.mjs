// Has the tests of Node.js import the package for browsers instead of the addon: `node --import` this file. Where that package
// is, the environment variable PIXFUSE_WEB says.

import { register } from 'node:module'

register('./resolve.mjs', import.meta.url)
