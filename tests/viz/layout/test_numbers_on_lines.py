"""Numbers on straight lines: on their own line, clear of each other, and none where there is no room for all."""

import pytest

from viz.layout.numbers_on_lines import FEW, Line, _Box, _box, _crossings, placed_on_lines


def fan(n, m, apart=110.0, across=300.0, wide=40.0):
    """The lines between n units on the left and m on the right."""
    tall = apart * max(n, m)
    left, right = [[(k + 0.5) * tall / count for k in range(count)] for count in (n, m)]
    return [Line(0.0, y1, across, y2, wide) for y1 in left for y2 in right]


@pytest.mark.parametrize("n, m", [(1, 1), (2, 2), (3, 4), (4, 4), (6, 1), (1, 6)])
def test_numbers_meet_no_other_number_and_hardly_a_line(n, m):
    lines = fan(n, m)
    places = placed_on_lines(lines)
    boxes = [_box(line, x - line.x1) for line, (x, _, _) in zip(lines, places, strict=True)]
    assert not any(one.meets(other) for k, one in enumerate(boxes) for other in boxes[:k])
    assert max(_crossings(k, box, lines) for k, box in enumerate(boxes)) <= FEW


def test_where_one_has_no_room_none_is_placed():
    assert placed_on_lines(fan(6, 6)) is None and placed_on_lines(fan(2, 2, across=45.0)) is None
    assert placed_on_lines(fan(2, 2, wide=200.0)) is None


def test_lines_without_a_number_need_no_room():
    assert placed_on_lines([line._replace(wide=0.0 if k else 40.0) for k, line in enumerate(fan(4, 8))]) is not None


def test_boxes_meet_where_they_overlap_and_not_where_a_side_parts_them():
    flat, tilted = _Box(0, 0, 1, 0, 20, 7), _Box(22, 14, 0.6, 0.8, 20, 7)
    assert flat.meets(_Box(39, 0, 1, 0, 20, 7)) and not flat.meets(_Box(41, 0, 1, 0, 20, 7)) and not flat.meets(_Box(0, 15, 1, 0, 20, 7))
    assert flat.meets(tilted) and not flat.meets(tilted._replace(x=28, y=-14))
    assert flat.is_crossed_by(Line(-50, -5, 50, 5, 0)) and not flat.is_crossed_by(Line(-50, 8, 50, 8, 0))
