// The SVG inside an image whose source is a data URL, as an element with the style of the image.

export function svgOf(image) {
  const bytes = Uint8Array.from(atob(image.src.split(",")[1]), (letter) => letter.charCodeAt(0));
  const svg = svgFrom(new TextDecoder().decode(bytes));
  svg.setAttribute("style", image.getAttribute("style"));
  return svg;
}

// The element of an SVG document.
export function svgFrom(text) {
  return new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
}
