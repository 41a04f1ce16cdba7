// Runs the fast tests of the core in Pyodide, the Python of the playground, with the wheel that the site was made from:
//
//     bash docs/build && python -m pip install --target docs/_build/pure pytest && node tests/in_pyodide.mjs
//
// The packages of the tests must be pure Python. Prints what pytest prints; the exit code is pytest's.

import { readFileSync, readdirSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const root = resolve(import.meta.dirname, "..");
const python = resolve(root, "docs/_build/pyodide");
const wheels = resolve(root, "docs/_build/wheel");
const CHOSEN = [ // what needs nothing but pytest
  "tests/autograd/test_examples.py",
  "tests/autograd/engine/test_worked_examples.py",
  "tests/autograd/explain/test_explanation.py",
  "tests/autograd/explain/test_notation.py",
  "tests/autograd/explain/test_situations.py",
  "tests/autograd/explain/test_straight_line.py",
  "tests/autograd/explain/test_typeset.py",
  "tests/autograd/handcheck/test_carry.py",
  "tests/autograd/handcheck/test_checking.py",
  "tests/autograd/reading/test_finite_differences.py",
  "tests/autograd/reading/test_gradient_check.py",
  "tests/viz/layout/test_layout.py",
  "tests/docs/test_playground.py",
];

const { loadPyodide } = await import(pathToFileURL(resolve(python, "pyodide.mjs")));
const started = await loadPyodide({ indexURL: `${python}/` });
const write = (buffer) => writeSync(1, buffer);
started.setStdout({ write });
started.setStderr({ write });
const version = started.runPython("import sys; f'{sys.version_info[0]}.{sys.version_info[1]}'");
started.unpackArchive(new Uint8Array(readFileSync(resolve(wheels, readdirSync(wheels)[0]))), "zip", { extractDir: `/lib/python${version}/site-packages` });
for (const [there, here] of Object.entries({ "/tests": "tests", "/docs": "docs", "/pure": "docs/_build/pure" })) {
  started.FS.mkdirTree(there);
  started.mountNodeFS(there, resolve(root, here));
}
started.globals.set("chosen", started.toPy(CHOSEN.map((path) => `/${path}`)));
process.on("uncaughtException", (error) => {
  console.error(error.message); // not the line of Pyodide that it came from, which is a megabyte long
  process.exit(1);
});
const code = started.runPython(`
import os, sys
sys.path.insert(0, "/pure")
os.chdir("/")
sys.dont_write_bytecode = True
import autograd, viz
assert not {"numpy", "graphviz", "matplotlib"} & set(sys.modules)
import pytest
int(pytest.main(["-q", "-p", "no:cacheprovider", "--noconftest", "--import-mode=importlib", "--rootdir=/tests", "-m", "not browser and not dot and not jax and not numpy", *chosen]))
`);
process.exit(code);
