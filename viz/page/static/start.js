// Turns every element of the page that holds a step-through of a graph into it.

import { withData } from "./data.js";
import { StepThrough } from "./page.js";
import { knows } from "./run.js";

withData(document.querySelectorAll("div.chalkgrad-step"), (host, data) => {
  if (knows(data.graph)) new StepThrough(host, data, "alone" in host.dataset);
});
