// What is computed with an operation of the table, which is an object of functions (viz/page/operations.py writes them).

// The operands of a node as the functions of its operation take them: one by one, or a list for each letter.
export function byLetter(operation, operands) {
  if (!operation.isNary) return operands;
  const count = operands.length / operation.letters;
  return Array.from({ length: operation.letters }, (_, k) => operands.slice(k * count, (k + 1) * count));
}

export const valueAt = (operation, operands) => operation.value(...byLetter(operation, operands));

// A function of an operation for the operand in a slot: one of its `partials`, or of their `branches`.
export function atSlot(operation, functions, operands, y, slot) {
  const count = operands.length / operation.letters;
  const [letter, place] = operation.isNary ? [Math.floor(slot / count), slot % count] : [slot];
  return functions[letter](...byLetter(operation, operands), y, place);
}

// On which side of each of its kinks an operation is: negative, 0 or positive.
export function sidesAt(operation, operands, y) {
  const places = operation.isNary ? operands.map((_, place) => place) : [undefined];
  return places.flatMap((place) => operation.sides(...byLetter(operation, operands), y, place));
}

// upstream * local, where a 0 on either side gives 0, even beside an infinity.
export const product = (upstream, local) => (upstream === 0 || local === 0 ? 0 : upstream * local);
