// Turns every element of the page that holds a step-through of arrays into it.

import { withData } from "../data.js";
import { ArrayThrough } from "./page.js";

withData(document.querySelectorAll("div.chalkgrad-arrays"), (host, data) => new ArrayThrough(host, data, "alone" in host.dataset));
