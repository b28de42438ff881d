export * from './transformers-js.js'
