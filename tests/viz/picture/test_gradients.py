"""Which gradients a picture is given: those of the steps, or those that are stored, and how far a pass by hand has come."""

from collections import Counter

import pytest

from autograd import Value, leaves, steps
from viz.picture.gradients import of_steps, stored

from ..graphs import EXAMPLES, random_graph, worked


def by_hand(y, count):
    """A backward pass by hand that stops after `count` nodes."""
    y.zero_grad()
    y.grad = 1
    order = [record.node for record in steps(y) if record.phase == "forward"]
    for node in order[::-1][:count]:
        node._backward()
    return order[::-1][:count]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_gradients_of_the_steps_are_those_that_backward_stores(name):
    y = worked(name)
    given, kept = of_steps(steps(y)), stored(y)
    assert {node: kept.found[node] for node in given.found} == pytest.approx(given.found, rel=1e-12)
    assert all(kept.derivatives[node] == pytest.approx(grad, rel=1e-12) for node, grad in given.found.items())


@pytest.mark.parametrize("seed", range(6))
def test_how_far_a_pass_by_hand_has_come_is_known_at_every_node(seed):
    y = random_graph(seed, 25)
    count = sum([record.phase == "forward" for record in steps(y)])
    for k in range(count + 1):
        done = by_hand(y, k)
        sent = stored(y).sent
        assert sent is not None
        assert {node for node in done if not node.constant} <= sent
        for node in sent - set(done):  # from which 0 goes on, so that it makes no difference
            slopes = Counter()  # a - a sends 0 as well
            for parent, local in zip(node.parents, node.partials, strict=True):
                slopes[parent] += local if not parent.constant else 0
            assert not node.grad or not any(slopes.values())


def test_a_pass_in_another_order_or_on_top_of_an_earlier_one_has_come_nobody_knows_how_far():
    a, b = leaves(a=-2, b=3)
    d, e = a * b, a + b
    f = d * e
    f.grad = 1
    f._backward()
    d._backward()  # before e, which comes first in the order of backward()
    assert stored(f).sent is None
    f.backward()
    assert stored(f).sent is None, "on top of what d has sent"
    f.zero_grad()
    f.backward()
    assert stored(f).sent == {d, e, f}


def test_a_sum_that_happens_to_be_a_part_of_two_passes_is_not_taken_for_a_part():
    """Contributions 6 and -3: two passes give 6, which is also the first of them; the other leaf shows that it is not."""
    a, c = leaves(a=1, c=1)
    y = a * -3 + a * 6 + c
    y.backward()
    y.backward()
    assert a.grad == 6
    assert stored(y).sent is None


def test_what_is_stored_in_another_graph_is_no_part_of_this_one():
    a = Value(2.0, "a")
    (a * 3).backward()
    assert stored(a * a).sent is None
