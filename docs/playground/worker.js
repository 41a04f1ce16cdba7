// Python in a worker of its own: loads Pyodide and our packages from this site, tells how far it is, and answers requests.

import { loadPyodide } from "./python/pyodide.mjs";

let python = null;

const say = (kind, value) => postMessage({ kind, value });

// Pyodide fetches its files itself, while others are still on their way. Every fetch tells how much of all files is here, and
// what is packed is unpacked as it comes.
const weights = { "started.packed": 7.4, "pyodide.asm.wasm.packed": 3.6, "python_stdlib.zip": 2.5, "packages.packed": 0.5 }; // megabytes
const whole = Object.values(weights).reduce((sum, part) => sum + part);
const fetched = self.fetch;
let here = 0;
let told = -1;

function counted() {
  return new TransformStream({
    transform(part, out) {
      here += part.length / 1e6;
      const percent = Math.min(99, Math.round((100 * here) / whole));
      if (percent > told) say("loading", (told = percent));
      out.enqueue(part);
    },
  });
}

// A file as it comes, unpacked where it is packed.
async function coming(address, options) {
  const response = await fetched(address, options);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  const stream = response.body.pipeThrough(counted());
  return new Response(String(address).endsWith(".packed") ? stream.pipeThrough(new DecompressionStream("gzip")) : stream, { headers: response.headers });
}

// The module of Python. Pyodide waits for ever for one that does not come, or breaks off on its way: the page is told here.
async function compiled(address, options) {
  const lost = (error) => {
    say("offline", String(error));
    throw error;
  };
  const reader = await coming(`${address}.packed`, options).then((response) => response.body.getReader()).catch(lost);
  const pull = async (out) => {
    const { done, value } = await reader.read().catch(lost);
    if (done) out.close();
    else out.enqueue(value);
  };
  return new Response(new ReadableStream({ pull }), { headers: { "content-type": "application/wasm" } });
}

self.fetch = (address, options) => (String(address).endsWith("pyodide.asm.wasm") ? compiled : coming)(address, options);

const file = (name) => fetch(new URL(`python/${name}`, self.location.href));

// Our packages in a Python that has just started, or in one that goes on from `memory`, in which they are imported already.
async function started(packages, memory) {
  const made = await loadPyodide({ indexURL: new URL("python/", self.location.href).href, ...(memory && { _loadSnapshot: memory }) });
  const version = made.runPython("import sys; f'{sys.version_info[0]}.{sys.version_info[1]}'");
  const home = `/lib/python${version}/site-packages`;
  for (const [path, text] of Object.entries(await packages)) {
    made.FS.mkdirTree(`${home}/${path}`.replace(/\/[^/]*$/, ""));
    made.FS.writeFile(`${home}/${path}`, text);
  }
  const found = made.pyimport("playground");
  if (!JSON.parse(found.answer('{"task": "read", "text": "a"}')).leaves) throw new Error("no answer");
  return found;
}

async function load() {
  const packages = file("packages.packed").then((response) => response.json());
  const memory = file("started.packed").then((response) => response.arrayBuffer());
  try {
    python = await started(packages, memory);
  } catch {
    // Such as a browser whose WebAssembly is not laid out like the one that the memory comes from: the long way, step by step.
    say("starting", null);
    python = await started(packages, null);
  }
  say("ready", null);
}

const loaded = load().then(
  () => true,
  (error) => say("offline", String(error)), // after which nothing is answered, and the page stops the worker
);

onmessage = async ({ data: { number, request } }) => {
  if (!(await loaded)) return;
  try {
    say("answer", { number, answer: JSON.parse(python.answer(JSON.stringify(request))) });
  } catch {
    say("broken", null); // such as a stack that is full, after which this Python answers nothing more
  }
};
