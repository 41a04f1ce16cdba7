"""The expression in the heading of the page: as a student writes it, on one line, with the part of the step marked."""

import pytest

from autograd import Value, examples, names, parse, steps
from autograd.explain.node_names import NodeNames
from nn import MLP
from viz.page.expression import expression_data

from .step_page import opened


def written(y: Value) -> str:
    """The expression of the root with the formula of every operand put in."""
    called = NodeNames(names(y), y)
    data, nodes = expression_data(called), list(called)
    place = {node: k for k, node in enumerate(nodes)}

    def text(k: int) -> str:
        return called[nodes[k]] if data[k] is None else joined(data[k], k)

    def joined(pieces: list, k: int) -> str:
        said = ""
        for piece in pieces:
            if isinstance(piece, str):
                said += piece
            elif isinstance(piece, dict):
                said += f"^{joined(piece['up'], k)}"
            elif piece[0] == "…":
                said += "…"
            else:
                inner = text(place[nodes[k].parents[piece[0]]])
                said += f"({inner})" if len(piece) > 1 else inner
        return said

    return text(place[y])


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("3*(a + b*c)", "3 · (a + b · c)"),
        ("a - (b - c)", "a − (b − c)"),
        ("-a*-b", "−a · (−b)"),
        ("a - -b", "a − (−b)"),
        ("a + -3*b", "a + (-3 · b)"),
        ("tanh(a*b + c)*-3", "tanh(a · b + c) · (-3)"),
        ("(a + b)**2/(c*a)", "(a + b)^2 / (c · a)"),
        ("a/(b/c)", "a / (b / c)"),
        ("a**b**c", "a^b^c"),
        ("relu(a) + clip(b, 0, 1)", "relu(a) + clip(b, 0, 1)"),
        ("u = b*c; v = a + u; v*u", "(a + b · c) · (b · c)"),
        ("total(a, b, c, a, b, c, a, b)", "a + b + c + … + b"),
    ],
)
def test_the_expression_is_written_with_the_parentheses_that_it_needs_and_no_others(typed, shown):
    assert written(parse(typed, a=2, b=3, c=4)) == shown


def test_of_a_leaf_there_is_no_formula():
    assert expression_data(steps(Value(2, "a"))[0].names) == [None]


# --- in the page ---------------------------------------------------------------------------------------------------

SHOWN = """(() => { const at = root.querySelector('.expression'); return {
  text: at.textContent, now: [...at.querySelectorAll('.now')].map(one => one.textContent), read: [...at.querySelectorAll('.read')].map(one => one.textContent),
  fits: at.scrollWidth <= at.clientWidth, lines: at.getClientRects().length, tall: at.getBoundingClientRect().height }; })()"""


@pytest.mark.browser
def test_the_part_of_the_step_is_marked_and_not_by_colour_alone(page, tmp_path):
    opened_page = opened(page, tmp_path, parse("3*(a + b*c)", a=5, b=3, c=2))
    marks = []
    for _ in range(9):
        shown = opened_page.press("ArrowRight").script(SHOWN)
        assert shown["text"] == "J = 3 · (a + b · c)" and shown["fits"]
        marks.append((shown["now"], shown["read"]))
    assert marks == [
        (["b · c"], []),
        (["(a + b · c)"], []),
        (["3 · (a + b · c)"], []),
        (["J"], []),  # the seed
        (["(a + b · c)"], ["3 · (a + b · c)"]),
        (["a"], ["(a + b · c)"]),
        (["b · c"], ["(a + b · c)"]),
        (["b"], ["b · c"]),
        (["c"], ["b · c"]),
    ]
    line = "getComputedStyle(root.querySelector('.expression .now')).boxShadow"
    assert opened_page.script(line) != "none"
    assert opened_page.press("Home").script(SHOWN)["now"] == []


LONG = {
    "a chain of 60": lambda: _chain(60),
    "a network": lambda: MLP(3, [4, 4, 1], activation="tanh", rng=0).loss([[0.5, -1.0, 2.0]], [1.0], "mse"),
    "a sum of 24": lambda: sum((Value(k, f"x{k}") * Value(2, f"w{k}") for k in range(1, 24)), Value(1, "x0") * Value(2, "w0")).tanh(),
    "long names": lambda: Value(2, "a_name_of_very_many_letters_for_one_leaf") * Value(3, "another_name_of_very_many_letters_here"),
    "Mazur": examples.mazur,
}


def _chain(n: int) -> Value:
    y = Value(1.5, "x")
    for _ in range(n):
        y = y.tanh()
    return y


@pytest.mark.browser
@pytest.mark.parametrize("name", LONG)
def test_a_long_expression_is_one_line_around_the_part_of_the_step(page, tmp_path, name):
    y = LONG[name]()
    count = len(steps(y))
    opened_page = opened(page, tmp_path, y, at=0)
    tall = opened_page.script(SHOWN)["tall"]
    for wide in (1280, 360):
        page.set_viewport_size({"width": wide, "height": 720})
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")  # measured anew
        for at in {1, count // 3, count // 2 + 1, count}:
            shown = opened_page.go(at).script(SHOWN)
            assert shown["fits"] and shown["tall"] == tall, (wide, at, shown)
            assert shown["now"], (wide, at, shown)
