// The page that is saved: what the frame shows, with its module packed, which is most of it, and unpacked where it is opened.

const MODULE = /<script type="module">\n([^]*?)<\/script>/;

async function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

const opening = (text) => `const bytes = Uint8Array.from(atob("${text}"), (letter) => letter.charCodeAt(0));
const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
await import(URL.createObjectURL(new Blob([await new Response(stream).text()], { type: "text/javascript" })));
`;

// A page that stands alone, in about half the room.
export async function small(page) {
  const [, module] = MODULE.exec(page);
  const text = opening(await packed(module));
  return page.replace(MODULE, () => `<script type="module">\n${text}</script>`);
}
