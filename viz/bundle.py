"""JavaScript modules → one text that a page can hold: every file keeps a scope of its own, nothing is loaded from anywhere.

Files are ES modules with named imports and exports, `import { a, b } from "./file.js";` and `export function a`. In the
bundle each is a function that returns what it exports, after those that it needs.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

ROOM = Path(__file__).parent  # files are named by their paths below this folder
_IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"([^"]+)";[^\S\n]*\n?', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class)\*? (\w+))", re.MULTILINE)
_IDLE = re.compile(r"^(?:\s*//.*\n|[ \t]+|\n)", re.MULTILINE)  # comments, indentation: a page carries nothing that is not run
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class _Module:
    """One file: its text without imports and exports, what it takes from which file, and what it exports."""

    def __init__(self, name: str, text: str):
        self.name = name
        self.exports: list[str] = _EXPORT.findall(text)
        self.needs: list[tuple[str, list[str]]] = []
        for names, source in _IMPORT.findall(text):
            self.needs.append(
                (normpath(join(dirname(name), source)), [" ".join(each.split()) for each in names.split(",") if each.strip()])
            )
        self.body = _EXPORT.sub("", _IMPORT.sub("", text))
        other = _OTHER.search(self.body)
        if other:
            raise ValueError(
                f'{name}: "{other[0][:60]}" cannot be bundled; write import {{ a }} from "./file.js"; or export function, const, class'
            )

    def written(self) -> str:
        """The module as a function that is called at once."""
        taken = [f"const {{ {', '.join(names).replace(' as ', ': ')} }} = modules[{json.dumps(source)}];\n" for source, names in self.needs]
        given = f"return {{ {', '.join(self.exports)} }};\n" if self.exports else ""
        body = _IDLE.sub("", self.body)
        return f"modules[{json.dumps(self.name)}] = (() => {{\n{''.join(taken)}{body}{given}}})();\n"


def bundled(name: str, written: Mapping[str, str] | None = None, room: Path = ROOM) -> str:
    """A file and all that it imports as one module. `written` has the texts of files that are made, not stored, by name.

    Raises ValueError for an import of a file, or of a name in it, that does not exist, and for files that import each other.
    """
    made = dict(written or {})
    found: dict[str, _Module | None] = {}  # None while what it needs is being looked for

    def visit(file: str, wanted_by: str) -> None:
        if file in found:
            if found[file] is None:
                raise ValueError(f"{wanted_by} and {file} import each other")
            return
        path = room / file
        if file not in made and not path.is_file():
            raise ValueError(f"{wanted_by} imports {file}, and there is no such file")
        found[file] = None
        module = _Module(file, made[file] if file in made else path.read_text(encoding="utf-8"))
        for source, names in module.needs:
            visit(source, file)
            needed = found[source]
            assert needed is not None
            missing = [each for each in names if each.partition(" as ")[0] not in needed.exports]
            if missing:
                there = ", ".join(needed.exports) or "nothing"
                raise ValueError(f"{file} imports {', '.join(missing)} from {source}, which exports {there}")
        del found[file]
        found[file] = module  # behind those that it needs

    visit(name, "the page")
    return "const modules = {};\n" + "".join([module.written() for module in found.values() if module])


@cache
def stored(name: str) -> str:
    """The bundle of a file all of whose modules are stored."""
    return bundled(name)
