// Packs Python for the browser, so that a visitor's goes on where the one here stands at the end of this program:
//
//     node docs/playground/pack.mjs PYODIDE WHEEL FOLDER
//
// Written into the folder: packages.packed (what a page needs of our wheel, as texts by path), started.packed (the memory of
// a Python that has imported it and made a page in every language) and pyodide.asm.wasm.packed. "Packed" is gzip under a name
// that servers do not unpack by themselves; the worker does.
//
// Pyodide does not document how memory is kept: `_makeSnapshot` and `makeMemorySnapshot()` here, `_loadSnapshot` in worker.js.
// They are those of the version that docs/build names. Where the memory cannot be used, the worker starts the long way.

import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

process.on("uncaughtException", (error) => {
  console.error(error.message); // not the line of Pyodide that it came from, which is a megabyte long
  process.exit(1);
});
const [pyodide, wheel, folder] = process.argv.slice(2).map((path) => resolve(path));
const { loadPyodide } = await import(pathToFileURL(resolve(pyodide, "pyodide.mjs")));
const bytes = (path) => new Uint8Array(readFileSync(path));
const packed = (name, content) => writeFileSync(resolve(folder, `${name}.packed`), gzipSync(content, { level: 9 }));

const python = await loadPyodide({ indexURL: `${pyodide}/`, _makeSnapshot: true });
const version = python.runPython("import sys; f'{sys.version_info[0]}.{sys.version_info[1]}'");
const home = `/lib/python${version}/site-packages`;
python.unpackArchive(bytes(wheel), "zip", { extractDir: home });
python.FS.writeFile(`${home}/playground.py`, bytes(resolve(import.meta.dirname, "playground.py")));
python.globals.set("home", home);
python.runPython(`
import json, pathlib, shutil, sys
sys.dont_write_bytecode = True
home = pathlib.Path(home)
for unused in ("nn", "viz/plots", *[path.name for path in home.glob("chalkgrad-*")]):  # what needs NumPy, which is not there
    shutil.rmtree(home / unused)
files = {str(path.relative_to(home)): path.read_text(encoding="utf-8") for path in sorted(home.rglob("*")) if path.is_file()}
`);
packed("packages", python.runPython("json.dumps(files)"));
python.runPython(`
del files
import gc, importlib, json
import playground
typed = {"text": "z = w*x + b; tanh(z)", "values": {"w": "0.5", "x": "2", "b": "-0.25"}, "constants": ["x"], "answers": "dJ/dw=9", "wrt": "w"}
for lang in playground.languages():
    for task in playground.TASKS:
        found = json.loads(playground.answer(json.dumps({"task": task, "lang": lang, **typed})))
        if {"error", "refused"} & set(found):
            raise ValueError(f"{task}: {found}")
playground.forget()
importlib.invalidate_caches()
gc.collect()
`);
packed("started", python.makeMemorySnapshot());
packed("pyodide.asm.wasm", bytes(resolve(pyodide, "pyodide.asm.wasm")));
