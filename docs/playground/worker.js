// Python in a worker of its own: loads Pyodide and our wheel from this site, tells how far it is, and answers requests.

let python = null;

const say = (kind, value) => postMessage({ kind, value });

// Fetches a file and tells how much of all files is here.
const weights = { "python/pyodide.asm.wasm": 9.6, "python/python_stdlib.zip": 2.5, "python/pyodide.asm.mjs": 1.3, "python/chalkgrad.whl": 0.3 };
const whole = Object.values(weights).reduce((sum, part) => sum + part);
let here = 0;

async function fetched(name) {
  const response = await fetch(name);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  const size = Number(response.headers.get("content-length")) || weights[name] * 1e6;
  const parts = [];
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    here += (part.value.length / size) * (weights[name] ?? 0);
    say("loading", Math.min(99, Math.round((100 * here) / whole)));
  }
  return new Blob(parts).arrayBuffer();
}

async function load() {
  // Once through the browser's store of files, so that Pyodide, which loads them itself, finds them there.
  const [wheel] = await Promise.all(["python/chalkgrad.whl", ...Object.keys(weights).filter((name) => !name.endsWith("whl"))].map(fetched));
  say("starting", null);
  const { loadPyodide } = await import("./python/pyodide.mjs");
  const started = await loadPyodide({ indexURL: new URL("python/", self.location.href).href });
  const version = started.runPython("import sys; f'{sys.version_info[0]}.{sys.version_info[1]}'");
  started.unpackArchive(wheel, "zip", { extractDir: `/lib/python${version}/site-packages` });
  const source = await (await fetch("playground.py")).text();
  started.FS.mkdirTree("/playground");
  started.FS.writeFile("/playground/playground.py", source);
  started.runPython("import sys; sys.path.insert(0, '/playground')");
  python = started.pyimport("playground");
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
