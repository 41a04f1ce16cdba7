"""The layout by itself: boxes and links, without Values."""

import itertools

import pytest

from viz.layout import crossings, layered
from viz.layout.coordinates import _fewest_heights
from viz.layout.crossings import order
from viz.layout.layered import Box, Link, arrange
from viz.layout.nested import Group, place
from viz.layout.ranks import ranks


def box(entries: int = 0, **more) -> Box:
    return Box(100, 50, tuple([(0, 25 + 10 * (k - (entries - 1) / 2)) for k in range(entries)]), ((100, 25),), **more)


def test_a_box_stands_before_everything_that_uses_it_and_as_near_as_can_be():
    links = [(0, 1), (1, 2), (2, 4), (3, 4)]
    assert ranks(5, links, [1] * 4) == [0, 1, 2, 2, 3]


def test_a_box_that_takes_more_than_it_gives_stays_with_what_it_takes():
    # 0 and 1 are used all along a chain; 6 takes both and gives one: moving it to them shortens two links.
    links = [(0, 2), (1, 2), (2, 3), (3, 4), (4, 5), (0, 6), (1, 6), (6, 5)]
    found = ranks(7, [(a, b) for a, b in links], [1] * len(links))
    assert found[6] == 1


def test_every_link_goes_to_a_higher_rank():
    links = [(a, b) for b in range(40) for a in range(b) if (7 * a + 3 * b) % 11 == 0]
    found = ranks(40, links, [1] * len(links))
    assert all(found[a] < found[b] for a, b in links)


def test_two_twisted_pairs_are_untwisted():
    joints = [[(0, 3, 0.0, 0.0), (1, 2, 0.0, 0.0)]]
    assert order([[0, 1], [2, 3]], joints) in ([[0, 1], [3, 2]], [[1, 0], [2, 3]])


def test_operands_of_one_box_do_not_cross_in_front_of_it():
    joints = [[(0, 2, 0.0, 0.3), (1, 2, 0.0, -0.3)]]
    assert order([[0, 1], [2]], joints) == [[1, 0], [2]]


def test_neighbours_change_places_where_sorting_alone_ends_with_more_crossings():
    between = [(0, 4), (1, 4), (1, 5), (1, 6), (2, 4), (2, 6), (3, 5), (3, 7)], [(4, 10), (5, 10), (6, 10), (6, 11), (7, 11)]
    joints = [[(a, b, 0.0, 0.0) for a, b in pairs] for pairs in between]
    layers = order([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], joints)
    place = {item: k for layer in layers for k, item in enumerate(layer)}
    crossings = [
        (place[a] - place[c]) * (place[b] - place[d]) < 0 for pairs in between for (a, b), (c, d) in itertools.combinations(pairs, 2)
    ]
    assert sum(crossings) == 2  # the fewest of all orders


def test_a_way_changes_its_height_as_seldom_as_it_can():
    assert _fewest_heights([(0, 10), (4, 20), (4, 6)], 0, 5) == [0, 5, 5]
    assert _fewest_heights([(-5, 5)] * 6, 2, 2) == [2] * 6
    assert _fewest_heights([], 1, 2) == []


def test_a_single_box_and_an_empty_picture():
    assert place([], []).corners == ()
    assert place([box()], []).corners == ((0.0, 0.0),)


def test_a_level_link_is_one_straight_piece():
    level = arrange([box(), box(1)], [Link(0, 1)])
    ys = {round(y, 6) for _, y in level.curves[0]}
    assert len(ys) == 1


def test_a_long_link_between_level_boxes_bends_once_to_pass_and_once_to_arrive():
    boxes = [box(), box(1), box(1), box(2)]
    level = arrange(boxes, [Link(0, 1), Link(1, 2), Link(2, 3), Link(0, 3, 0, 1)])
    heights = [round(y, 3) for _, y in level.curves[3][::3]]
    assert len([1 for a, b in itertools.pairwise(heights) if a != b]) == 2


def test_a_group_is_a_frame_around_its_boxes_with_the_room_that_was_asked_for():
    group = Group(-1, (14, 30), (14, 14), (0, 0))
    layout = place([box(), box(1), box(1)], [Link(0, 1), Link(1, 2)], [group], [-1, 0, -1])
    (x, y), (along, across) = layout.frames[0]
    assert (along, across) == (156, 94)
    assert layout.corners[1] == (x + 28, y + 30)
    assert layout.corners[0][0] + 100 < x
    assert layout.corners[2][0] > x + along


def test_links_with_one_source_share_their_way_into_a_group():
    group = Group(-1, (14, 30), (14, 14), (0, 0))
    layout = place([box(), box(1), box(1)], [Link(0, 1), Link(0, 2)], [group], [-1, 0, 0])
    (first, _), (second, _) = layout.ways
    assert first == second
    assert first[1] is True


def test_a_way_is_in_one_piece_from_exit_to_entry():
    groups = [Group(-1, (14, 30), (14, 14), (0, 0)), Group(0, (14, 30), (14, 14), (300, 0)), Group(-1, (14, 30), (14, 14), (0, 0))]
    boxes = [box(), box(1), box(2), box(2)]
    links = [Link(0, 1), Link(1, 2, 0, 0), Link(0, 2, 0, 1), Link(2, 3, 0, 0), Link(1, 3, 0, 1)]
    layout = place(boxes, links, groups, [-1, 1, 2, -1])
    for link, way in zip(links, layout.ways, strict=True):
        points = [point for piece, _ in way for point in piece]
        start, end = layout.corners[link.source], layout.corners[link.target]
        assert points[0] == pytest.approx((start[0] + 100, start[1] + 25))
        entry = boxes[link.target].entries[link.arrives]
        assert points[-1] == pytest.approx((end[0] + entry[0], end[1] + entry[1]))
        for (one, _), (other, _) in itertools.pairwise(way):
            assert one[-1] == pytest.approx(other[0])


def test_groups_that_take_from_each_other_are_refused():
    groups = [Group(-1, (14, 30), (14, 14), (0, 0))] * 2
    with pytest.raises(ValueError, match="a group takes from something that takes from it"):
        place([box(), box(1), box(1)], [Link(0, 1), Link(1, 2)], groups, [0, 1, 0])


# --- work that is not done twice ---------------------------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch):
    """A function that counts the calls of another from now on, in a list."""

    def count(home, name):
        calls, real = [], getattr(home, name)

        def called(*given, **named):
            calls.append(given)
            return real(*given, **named)

        monkeypatch.setattr(home, name, called)
        return calls

    return count


def test_an_order_without_crossings_is_not_swept(counted):
    sorts = counted(crossings._Search, "_sort")
    layers = [[0, 1, 2], [3, 4, 5]]
    assert order(layers, [[(0, 3, 0.0, 0.0), (1, 4, 0.0, 0.0), (2, 5, 0.0, 0.0)]]) == layers
    assert sorts == []


def test_sweeps_end_where_an_order_comes_again(counted):
    turns = counted(crossings._Search, "_exchange")
    joints = [[(a, b, 0.0, 0.0) for a in (0, 1) for b in (2, 3)]]  # one crossing in every order
    order([[0, 1], [2, 3]], joints)
    assert len(turns) <= 12  # each of the four sweeps has at least seven turns where nothing stops it


def test_crossings_are_counted_only_beside_layers_that_have_changed(counted):
    counts = counted(crossings._Search, "_arrivals")
    layers = [[2 * r, 2 * r + 1] for r in range(9)]
    search = crossings._Search(layers, [[(2 * r + k, 2 * r + 2 + k, 0.0, 0.0) for k in (0, 1)] for r in range(8)], ())
    assert search.start(layers) == 0
    assert len(counts) == 8
    counts.clear()
    assert search.start([*layers[:4], layers[4][::-1], *layers[5:]]) == 2
    assert [r for _, r in counts] == [3, 4]


def test_points_of_a_long_link_need_no_joints_of_their_own():
    lane = range(4, 7)
    layers = [[0, 1], [2, 4], [5], [6], [3]]
    ends = [[(0, 4, 0.0, 0.0), (1, 2, 0.0, 0.0)], [], [], [(6, 3, 0.0, 0.0)]]
    spelled = [[*between] for between in ends]
    spelled[1].append((4, 5, 0.0, 0.0))
    spelled[2].append((5, 6, 0.0, 0.0))
    assert order(layers, ends, lanes=[lane]) == order(layers, spelled)


def test_groups_that_are_alike_across_the_flow_are_settled_once(counted):
    settled = counted(layered._Settled, "__init__")
    group = Group(-1, (14, 30), (14, 14), (0, 0))
    boxes = [box(), *[Box(along, 50, ((0, 25),), ((along, 25),)) for along in (100, 120, 90, 100, 100, 130)], box(3)]
    links = [link for k in (1, 3, 5) for link in (Link(0, k), Link(k, k + 1), Link(k + 1, 7, 0, (k - 1) // 2))]
    layout = place(boxes, links, [group] * 3, [-1, 0, 0, 1, 1, 2, 2, -1])
    assert len(settled) == 2  # one for the groups, one for the whole
    assert [round(along) for (_, _), (along, _) in layout.frames] == [310, 280, 320]
