// What the formulas of the table call: real arithmetic as IEEE 754 has it, where JavaScript differs, and lists.

const { exp, expm1, log, log1p, sqrt, sin, cos, tan, sinh, cosh, tanh } = Math;

export const f = {
  __proto__: null, // nothing but what stands here
  ...{ exp, expm1, log, log1p, sqrt, sin, cos, tan, sinh, cosh, tanh },
  // 1 ** nan and (-1) ** inf are 1, as C has it.
  power: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
  sum: (items) => items.reduce((total, item) => total + item, 0), // of comparisons: how many hold
  max: (items) => Math.max(...items),
  min: (items) => Math.min(...items),
};
