// What the keys do outside of inputs: walk through the steps, move the picture, open the help.

const PANS = { ArrowRight: [0.1, 0], ArrowLeft: [-0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };

// What a key does in a step-through; undefined for nothing.
export function actOf(page, { key, shiftKey }) {
  const { view } = page.rooms;
  if (shiftKey && PANS[key]) return () => view.pan(...PANS[key]);
  const acts = {
    ArrowRight: () => page.next(),
    ArrowLeft: () => page.go(page.at - 1),
    Home: () => page.go(0),
    End: () => page.go(page.run.count),
    "?": () => page.help(),
    h: () => page.hint(),
    H: () => page.hint(),
    "+": () => view.zoom(1.25),
    "-": () => view.zoom(0.8),
    0: () => view.fit(),
    t: () => page.theme.turn(),
    T: () => page.theme.turn(),
    p: () => page.presenter.toggle(),
    P: () => page.presenter.toggle(),
  };
  return acts[key];
}
