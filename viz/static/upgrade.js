// Turns every static picture of this page that has not been turned yet into the live one: the same SVG, inline in a
// shadow root, where its tooltips work, its text can be selected, and its colours follow the theme of the page.

import { followTheme } from "./theme.js";
import { svgOf } from "./image.js";

for (const host of document.querySelectorAll("div.chalkgrad-drawing")) {
  if (host.shadowRoot) continue;
  host.attachShadow({ mode: "open" }).append(svgOf(host.querySelector("img")));
  followTheme(host);
}
