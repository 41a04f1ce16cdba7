// Turns every element of the page that holds a step-through of a graph into it.

import { StepThrough } from "./page.js";
import { knows } from "./run.js";

for (const host of document.querySelectorAll("div.chalkgrad-step")) {
  if (host.shadowRoot) continue;
  const data = JSON.parse(host.querySelector('script[type="application/json"]').textContent);
  if (knows(data.graph)) new StepThrough(host, data, "alone" in host.dataset);
}
