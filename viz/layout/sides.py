"""The neighbours of all items in the rank before them, or in the rank after: what `crossings` and `coordinates` take means of.

Most items are points where a long link passes a rank, with one neighbour: the point before or after, whose number is one
less or one more. They are kept in lists of numbers, so that a large layout is not spent on lists of one pair each.
"""

from collections.abc import Mapping, Sequence

LOOSE = 0.01  # the weight of an item without neighbours, which wishes nothing
Neighbours = Sequence[tuple[int, float]]  # each with what is added to its place, or to its height


class Side:
    """The neighbours of `count` items on one side: those given, else the item whose number differs by `step`.

    `weight` is how many they are, or what is said of those that are not given.
    """

    def __init__(self, step: int, count: int, given: Mapping[int, Neighbours], weight: float = 1.0):
        self.one = list(range(step, count + step))  # -1 where there are several, or none
        self.at = [0.0] * count
        self.weight = [weight] * count
        self.several: dict[int, Neighbours] = {}
        for item, beside in given.items():
            if len(beside) == 1:
                self.one[item], self.at[item] = beside[0]
                self.weight[item] = 1.0
            else:
                self.one[item], self.several[item], self.weight[item] = -1, beside, len(beside) or LOOSE

    def has(self, item: int) -> bool:
        """Whether an item has any neighbour on this side."""
        return self.one[item] >= 0 or bool(self.several[item])

    def mean(self, item: int, values: Sequence[float]) -> float:
        """The mean of the values of the neighbours of an item; its own value where there is none.

        >>> side = Side(-1, 4, {0: [], 3: [(0, 1.0), (2, 0.0)]})
        >>> [side.mean(item, [5, 7, 8, 9]) for item in range(4)]
        [5, 5.0, 7.0, 7.0]
        """
        n = self.one[item]
        if n >= 0:
            return values[n] + self.at[item]
        beside = self.several[item]
        return sum([values[other] + at for other, at in beside]) / len(beside) if beside else values[item]

    def ends(self, items: Sequence[int], values: Sequence[float]) -> list[list[float]]:
        """For each item the values of its neighbours in ascending order."""
        one, at, several = self.one, self.at, self.several
        return [
            [values[n] + at[item]] if (n := one[item]) >= 0 else sorted([values[other] + more for other, more in several[item]])
            for item in items
        ]
