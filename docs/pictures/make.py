"""Draws the pictures of the README anew: python docs/pictures/make.py. A test holds them against what is drawn today."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from autograd import examples  # noqa: E402
from viz import Drawing, draw  # noqa: E402


def mission() -> Drawing:
    """J = 3(a + bc) after its backward pass."""
    J = examples.J()
    J.backward()
    return draw(J)


def mazur() -> Drawing:
    """Matt Mazur's network after its backward pass."""
    E = examples.mazur()
    E.backward()
    return draw(E)


PICTURES = {"J.svg": mission, "mazur.svg": mazur}

if __name__ == "__main__":
    for name, picture in PICTURES.items():
        print(picture().save(HERE / name))
