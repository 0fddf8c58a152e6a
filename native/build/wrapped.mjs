/**
 * Returns a CommonJS module as a function, as Node's own loader wraps it. The module of Node that does so loads much else.
 * @param {string} source
 */
export function wrapped(source) {
  return `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
}
