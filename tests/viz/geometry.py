"""Reads a drawing back from its SVG as plain geometry, so that what is tested is what is seen."""

import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations, pairwise

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box", slack: float = 0.05) -> bool:
        apart_x = self.right <= other.left + slack or other.right <= self.left + slack
        return not (apart_x or self.bottom <= other.top + slack or other.bottom <= self.top + slack)

    def holds(self, other: "Box") -> bool:
        return self.left <= other.left and self.top <= other.top and self.right >= other.right and self.bottom >= other.bottom

    def is_cut_by(self, line: list[tuple[float, float]], slack: float = 0.5) -> bool:
        near = (
            (a, b)
            for a, b in pairwise(line)
            if not (
                max(a[0], b[0]) <= self.left
                or min(a[0], b[0]) >= self.right
                or max(a[1], b[1]) <= self.top
                or min(a[1], b[1]) >= self.bottom
            )
        )
        return any(self._is_cut(a, b, slack) for a, b in near)

    def _is_cut(self, a, b, slack):
        """Whether a straight piece has a part inside the box (Liang and Barsky's clipping)."""
        enter, leave = 0.0, 1.0
        for start, move, low, high in (
            (a[0], b[0] - a[0], self.left + slack, self.right - slack),
            (a[1], b[1] - a[1], self.top + slack, self.bottom - slack),
        ):
            if move == 0:
                if not low < start < high:
                    return False
                continue
            near, far = sorted([(low - start) / move, (high - start) / move])
            enter, leave = max(enter, near), min(leave, far)
        return enter < leave


@dataclass
class Seen:
    """What stands in a picture, by key: frames and badges of cards, pills, wires as lines, frames of groups."""

    size: tuple[float, float] = (0.0, 0.0)
    cards: dict[str, Box] = field(default_factory=dict)
    badges: dict[str, Box] = field(default_factory=dict)
    pills: dict[str, list[Box]] = field(default_factory=lambda: defaultdict(list))
    groups: dict[str, Box] = field(default_factory=dict)
    wires: dict[str, list[list[tuple[float, float]]]] = field(default_factory=dict)
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)


def seen(drawing) -> Seen:
    """The geometry of a drawing's SVG, with the whole picture as the frame of reference."""
    root = ET.fromstring(drawing.svg)
    found = Seen((float(root.get("width")), float(root.get("height"))))
    body = root.find(f"{SVG}g")
    dx, dy = _shift(body)
    for group in body.iter(f"{SVG}g"):
        kinds, key = (group.get("class") or "").split(), group.get("data-key")
        if "card" in kinds:
            x, y = _shift(group)
            rects = [(rect.get("class"), _box(rect, dx + x, dy + y)) for rect in group.iter(f"{SVG}rect")]
            found.cards[key] = next(box for kind, box in reversed(rects) if kind == "frame")
            found.badges.update([(key, box) for kind, box in rects if kind == "badge"])
            found.pills[key] += [box for kind, box in rects if kind == "pill"]
        elif "group" in kinds:
            found.groups[key] = _box(group.find(f"{SVG}rect"), dx, dy)
        elif "wire" in kinds and key:
            lines = [_lines(path.get("d"), dx, dy) for path in group.iter(f"{SVG}path") if path.get("class") != "head"]
            found.wires[key] = [line for several in lines for line in several]
    cards = drawing.picture.cards
    found.ends = {wire.key: (cards[wire.source].key, cards[wire.target].key) for wire in drawing.picture.wires}
    return found


def _shift(group) -> tuple[float, float]:
    x, y = re.fullmatch(r"translate\((\S+) (\S+)\)", group.get("transform")).groups()
    return float(x), float(y)


def _box(rect, dx: float, dy: float) -> Box:
    x, y = float(rect.get("x", 0)) + dx, float(rect.get("y", 0)) + dy
    return Box(x, y, x + float(rect.get("width")), y + float(rect.get("height")))


def _lines(d: str, dx: float, dy: float) -> list[list[tuple[float, float]]]:
    """The subpaths of a path, curves as 12 straight pieces."""
    lines: list[list[tuple[float, float]]] = []
    for command, numbers in re.findall(r"([MLC])([^MLCz]*)", d):
        values = [float(number) for number in numbers.split()]
        points = [(x + dx, y + dy) for x, y in zip(values[::2], values[1::2], strict=True)]
        if command == "M":
            lines.append(points)
        elif command == "L":
            lines[-1] += points
        else:
            lines[-1] += flat(lines[-1][-1], *points)
    return lines


def flat(a, b, c, d, pieces: int = 12) -> list[tuple[float, float]]:
    """A cubic as straight pieces, without its first point."""
    found = []
    for k in range(1, pieces + 1):
        t = k / pieces
        s = 1 - t
        found.append(tuple([s**3 * p + 3 * s * s * t * q + 3 * s * t * t * r + t**3 * u for p, q, r, u in zip(a, b, c, d, strict=True)]))
    return found


def crossings(lines: dict[str, list[list[tuple[float, float]]]]) -> int:
    """How often lines cross each other in a picture; where two start or end together is no crossing."""
    return sum([_crossings(one, other) for one, other in combinations(lines.values(), 2)])


def _crossings(one, other) -> int:
    ends = [point for lines in (one, other) for line in lines for point in (line[0], line[-1])]
    points = []
    for p in (piece for line in one for piece in pairwise(line)):
        for q in (piece for line in other for piece in pairwise(line)):
            if max(p[0][0], p[1][0]) < min(q[0][0], q[1][0]) or max(q[0][0], q[1][0]) < min(p[0][0], p[1][0]):
                continue
            at = _meeting(*p, *q)
            if at and all(abs(at[0] - x) + abs(at[1] - y) > 3 for x, y in ends + points):
                points.append(at)
    return len(points)


def _meeting(a, b, c, d):
    """Where two straight pieces cross, if they do."""
    wide = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
    if abs(wide) < 1e-9:
        return None
    s = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / wide
    t = ((c[0] - a[0]) * (b[1] - a[1]) - (c[1] - a[1]) * (b[0] - a[0])) / wide
    return (a[0] + s * (b[0] - a[0]), a[1] + s * (b[1] - a[1])) if 0 <= s <= 1 and 0 <= t <= 1 else None
