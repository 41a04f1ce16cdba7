// The data that an element of a page carries: JSON, which is packed where it is large (hosting.py).

// Calls `use` with each host that has not become a step-through yet, and its data.
export function withData(hosts, use) {
  for (const host of hosts) {
    if (host.shadowRoot || host.dataset.isRead) continue;
    const data = JSON.parse(host.querySelector('script[type="application/json"]').textContent);
    if (!data.packed) use(host, data);
    else {
      host.dataset.isRead = "";
      unpacked(data.packed).then((whole) => use(host, whole));
    }
  }
}

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}
