// Making elements of HTML and SVG.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  first: "M5 4v12M16 4l-8 6 8 6z",
  back: "M14 4l-8 6 8 6z",
  next: "M6 4l8 6-8 6z",
  last: "M15 4v12M4 4l8 6-8 6z",
  play: "M5 3l11 7-11 7z",
  pause: "M6 4v12M14 4v12",
  closer: "M10 4v12M4 10h12",
  away: "M4 10h12",
  theme: "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14a7 7 0 0 0 0-14",
  present: "M3 4h14v9H3zM10 13v4M7 17h6",
  fit: "M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5",
};

// An element of HTML. An attribute "onclick" listens, true stands alone, false and undefined are left out; children that
// are null are left out, too.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, content] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), content);
    else if (content === true) made.setAttribute(key, "");
    else if (content !== false && content !== undefined) made.setAttribute(key, content);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function svgElement(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, text] of Object.entries(attributes)) made.setAttribute(key, text);
  made.append(...children);
  return made;
}

export function icon(name) {
  return svgElement("svg", { viewBox: "0 0 20 20", class: "icon", "aria-hidden": "true" }, svgElement("path", { d: ICONS[name] }));
}

// Says the words of a page: a function of a key, and of the texts for its places.
export function saying(words) {
  return (key, texts = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => texts[name]);
}
