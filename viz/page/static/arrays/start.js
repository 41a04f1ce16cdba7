// Turns every element of the page that holds a step-through of arrays into it.

import { ArrayThrough } from "./page.js";

for (const host of document.querySelectorAll("div.chalkgrad-arrays")) {
  if (host.shadowRoot) continue;
  const data = JSON.parse(host.querySelector('script[type="application/json"]').textContent);
  new ArrayThrough(host, data, "alone" in host.dataset);
}
