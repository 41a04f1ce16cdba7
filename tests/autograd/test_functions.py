"""The functions: on Values a node, on numbers a number, on arrays an array; and what they refuse."""

import pytest

from autograd import Value, dot, logsumexp, total

# --- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [lambda: dot([1, 2]), lambda: dot([1, 2], [3, 4], [5, 6]), lambda: dot()])
def test_dot_wants_two_lists_and_says_so(call):
    with pytest.raises(TypeError, match=r"dot takes 2 lists, not [013]$"):
        call()


@pytest.mark.parametrize("function", [total, logsumexp])
def test_a_sum_wants_one_list_and_says_so(function):
    with pytest.raises(TypeError, match=r"takes 1 list, not 2$"):
        function([1, 2], [3, 4])
    with pytest.raises(TypeError, match=r"takes a list of Values or numbers, not Value$"):
        function(Value(1.0))
