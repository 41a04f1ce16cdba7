// The address carries everything that is seen: #e=3*(a+b*c)&a=5&b=3&c=2&const=x,t&lang=es&step=7. What people type stands
// there as data, and comes back as it was.

const KNOWN = ["const", "lang", "ask", "lr", "params", "step", "tab"]; // words with a meaning of their own
export const LONGEST = 8000; // characters; what is longer is no link

// The parts of an address after its #. A leaf that is called like one of our words is written leaf.step=3. Throws a RangeError
// where it is too long, and a URIError where it is damaged.
export function readAddress(hash) {
  const found = { text: null, values: Object.create(null), constants: [], params: [] }; // a leaf may be called constructor
  const text = hash.replace(/^#/, "");
  if (!text) return found;
  if (text.length > LONGEST) throw new RangeError(`> ${LONGEST}`);
  for (const part of text.split("&")) {
    const cut = part.indexOf("=");
    if (cut < 1) continue;
    const name = decodeURIComponent(part.slice(0, cut));
    const value = decodeURIComponent(part.slice(cut + 1)); // a + is a plus
    if (name === "e" && found.text === null) found.text = value;
    else if (name === "const") found.constants = list(value);
    else if (name === "params") found.params = list(value);
    else if (KNOWN.includes(name)) found[name] = value;
    else found.values[name.replace(/^leaf\./, "")] = value;
  }
  return found;
}

const list = (text) => text.split(",").map((name) => name.trim()).filter(Boolean);

// A text as it stands in an address: only what would end or break it is written by its number.
const written = (text) => encodeURIComponent(text).replace(/%(2B|2A|28|29|2F|3D|2C|3B|5E|21)/g, decodeURIComponent).replaceAll("=", "%3D");

// The address of what is seen, with its #.
export function address({ text, values, constants, params, lang, ask, lr, step, tab }) {
  const parts = [`e=${written(text)}`];
  for (const [name, number] of Object.entries(values)) {
    const own = KNOWN.includes(name) || name === "e" || name.startsWith("leaf.");
    parts.push(`${own ? "leaf." : ""}${written(name)}=${written(number)}`);
  }
  const lists = { const: constants, params: lr ? params : [] };
  for (const [name, names] of Object.entries(lists)) if (names.length) parts.push(`${name}=${names.map(written).join(",")}`);
  const plain = { lang: lang === "en" ? "" : lang, ask: ask === "no" ? "" : ask, lr, step: step || "", tab: tab === "step" ? "" : tab };
  for (const [name, value] of Object.entries(plain)) if (value) parts.push(`${name}=${written(String(value))}`);
  return `#${parts.join("&")}`;
}
