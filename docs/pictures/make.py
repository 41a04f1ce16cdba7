"""Draws the pictures of the README anew: python docs/pictures/make.py. A test holds them against what is drawn today."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from autograd import examples, parse  # noqa: E402
from viz import Drawing, draw  # noqa: E402


def mission() -> Drawing:
    """J = 3(a + bc) after its backward pass."""
    J = examples.J()
    J.backward()
    return draw(J)


def fan_out() -> Drawing:
    """e = (a + b)(b + 1), where b has two consumers, after its backward pass."""
    e = parse("c = a + b; d = b + 1; e = c*d", a=2, b=-3)
    e.backward()
    return draw(e)


PICTURES = {"J.svg": mission, "fan_out.svg": fan_out}

if __name__ == "__main__":
    for name, picture in PICTURES.items():
        print(picture().save(HERE / name))
