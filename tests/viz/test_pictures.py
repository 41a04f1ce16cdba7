"""The pictures of the README are those that the package draws today."""

import importlib.util
from pathlib import Path

import pytest

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
specification = importlib.util.spec_from_file_location("make_pictures", PICTURES / "make.py")
make = importlib.util.module_from_spec(specification)
specification.loader.exec_module(make)


@pytest.mark.parametrize("name", make.PICTURES)
def test_a_picture_of_the_readme_is_up_to_date(name):
    shown = (PICTURES / name).read_text(encoding="utf-8")
    assert shown == make.PICTURES[name]().svg, "run python docs/pictures/make.py"
