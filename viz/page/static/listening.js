// What every step-through page listens to, and its dialog of keys.

// Gives a page its keys, and follows the address of one that stands alone. A page has `alone`, `host`, `address`, `key(event)`
// and `readAddress()`.
export function listen(page) {
  const { alone, host } = page;
  const target = alone ? document : host.shadowRoot;
  target.addEventListener("keydown", (event) => page.key(event));
  if (alone) addEventListener("hashchange", () => location.hash === page.address || page.readAddress());
  else host.addEventListener("keydown", (event) => event.stopPropagation()); // what is typed here is not for the notebook
}

export function toggle(dialog) {
  if (dialog.open) dialog.close();
  else dialog.showModal();
}
