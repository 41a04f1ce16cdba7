"""The paths between any two nodes of a graph, against a walk along each of them."""

from math import prod

from hypothesis import given

from autograd.engine.derivatives import seed_of
from autograd.engine.order import topological_order
from autograd.reading.passes import both_passes
from autograd.reading.ways import Ways, edges_of

from ..explain.test_path_tables import graphs, walked


@given(graphs())
def test_between_any_two_nodes_the_ways_are_those_that_one_can_walk(graph):
    """A node above that other paths go around, and one that nothing leads to, among them."""
    y, _ = graph
    order, edges = topological_order(y), edges_of(both_passes(y))
    for top in order:
        for bottom in order:
            if bottom.constant:
                continue
            walks, ways = walked(top, bottom), Ways(top, bottom, order, edges, seed_of(y))
            assert ways.count == len(walks) == len(ways.first(10**6))
            assert ways.total == sum(prod(node.partials[slot] for node, slot in walk) for walk in walks)
            visited = [{node for node, _ in walk} | {bottom} for walk in walks]
            assert ways.cuts == [node for node in reversed(order) if walks and all(node in each for each in visited)]
            assert {(edge.node, edge.slot) for edge in ways.onward} == {walk[0] for walk in walks if walk}
            assert {(edge.node, edge.slot) for edge in ways.arriving} == {walk[-1] for walk in walks if walk}
            for node, gradient in ways.gradients.items():
                assert gradient == sum(prod(each.partials[slot] for each, slot in walk) for walk in walked(top, node))
