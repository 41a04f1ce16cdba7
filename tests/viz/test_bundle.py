"""The bundler of the page's JavaScript: every file keeps a scope of its own, and a mistake in it is said at once."""

import re
from pathlib import Path

import pytest

from viz.bundle import ROOM, bundled
from viz.page.operations import operations_module
from viz.page.slips import slips_module

STORED = [path.relative_to(ROOM).as_posix() for folder in ("static", "page/static") for path in sorted((ROOM / folder).glob("*.js"))]


def bundle(folder: Path, **files: str) -> str:
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text)
    return bundled("main.js", room=folder)


def test_two_files_may_use_the_same_name(tmp_path):
    text = bundle(
        tmp_path,
        main='import { one } from "./a.js";\nimport { two } from "./b.js";\nconst FEW = 3;\nconsole.log(one + two + FEW);\n',
        a="const FEW = 1;\nexport const one = FEW;\n",
        b="const FEW = 2;\nexport const two = FEW;\n",
    )
    scopes = re.findall(r"^modules\[.*?^\}\)\(\);$", text, re.MULTILINE | re.DOTALL)
    assert [scope.count("const FEW") for scope in scopes] == [1, 1, 1]
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE)


def test_an_import_may_go_over_several_lines_and_rename(tmp_path):
    text = bundle(
        tmp_path,
        main='import {\n  one,\n  two as other,\n} from "./a.js";\nother();\n',
        a="export function one() {}\nexport async function two() {}\n",
    )
    assert 'const { one, two: other } = modules["a.js"];' in text
    assert "return { one, two };" in text


def test_a_file_stands_behind_those_that_it_needs_and_is_there_once(tmp_path):
    text = bundle(
        tmp_path,
        main='import { b } from "./b.js";\nimport { c } from "./c.js";\n',
        b='import { c } from "./c.js";\nexport const b = c;\n',
        c="export const c = 1;\n",
    )
    assert re.findall(r'^modules\["(\w+)\.js"\] =', text, re.MULTILINE) == ["c", "b", "main"]


def test_files_may_be_made_and_may_lie_in_other_folders(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/main.js").write_text('import { a } from "../a.js";\nimport { made } from "./made.js";\n')
    (tmp_path / "a.js").write_text("export class a {}\n")
    text = bundled("inner/main.js", {"inner/made.js": "export const made = 1;\n"}, room=tmp_path)
    assert 'const { a } = modules["a.js"];' in text and 'const { made } = modules["inner/made.js"];' in text


@pytest.mark.parametrize(
    "files, message",
    [
        ({"main": 'import { a } from "./b.js";\n'}, "main.js imports b.js, and there is no such file"),
        ({"main": 'import { a, x } from "./a.js";\n', "a": "export const a = 1;\n"}, "main.js imports x from a.js, which exports a"),
        ({"main": 'import { a } from "./a.js";\n', "a": "const a = 1;\n"}, "main.js imports a from a.js, which exports nothing"),
        ({"main": 'import { a } from "./a.js";\nexport const b = 1;\n', "a": 'import { b } from "./main.js";\n'}, "a.js and main.js import each other"),
        ({"main": 'import * as a from "./a.js";\n'}, 'main.js: "import * as a from "./a.js";" cannot be bundled'),
        ({"main": "export default 1;\n"}, 'main.js: "export default 1;" cannot be bundled'),
    ],
)  # fmt: skip
def test_an_import_that_names_nothing_is_refused_with_its_file_and_its_name(tmp_path, files, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        bundle(tmp_path, **files)


@pytest.mark.parametrize("name", STORED)
def test_every_file_of_the_project_can_be_bundled_and_none_writes_code_or_markup_at_run_time(name):
    made = {"page/static/style.js": "export const STYLE = '';\n", "page/static/operations.js": operations_module(),
            "page/static/misconceptions.js": slips_module([])}  # fmt: skip
    assert f'modules["{name}"] = ' in bundled(name, made)
    assert not re.search(r"\beval\b|new Function|innerHTML|document\.write", (ROOM / name).read_text(encoding="utf-8"))
