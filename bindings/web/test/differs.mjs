// `node:test` for the tests of Node.js over the package for browsers: those whose result is another one there are left out, with
// the reason.

import test from 'node:test'

const DIFFERS = {
  'a promise has called the function': 'a run is over before its promise is given',
  'an `out` that is taken away during a run is named': 'a run is over before its promise is given',
  'batches that are none': 'a size that 32 bits cannot count is refused before memory is asked for',
  'everything that is a file': 'there are no paths',
  'failures are data': 'there are no paths',
  'levels are those of this CPU, and a wrong one is refused': 'there is no variable that forces a level',
  'presets and their texts run on their own kernels, and equal the grid': 'all kernels are those of the grid',
  'what is no file is said': 'there are no paths',
  'what is not said is refused by name': 'there are no folders of models',
  'what is wrong is said': 'there are no paths',
}

const some = (name, ...rest) => (DIFFERS[name] === undefined ? test(name, ...rest) : test(name, { skip: DIFFERS[name] }, () => {}))

export { some as default, some as test }
