"""Graphs to draw: the worked examples, and random ones of every kind."""

import json
from contextlib import nullcontext
from pathlib import Path
from random import Random

from autograd import Value, dot, leaves, parse, scope

EXAMPLES = {
    example["id"]: example for example in json.loads((Path(__file__).parents[1] / "data/worked_examples.json").read_text())["examples"]
}


def worked(name: str) -> Value:
    """A worked example as a graph, after its backward pass."""
    example = EXAMPLES[name]
    text = "; ".join([f"{name} = {expression}" for name, expression in example["steps"]])
    y = parse(text, {name: float(number) for name, number in example["inputs"].items()}, constants=example["constants"])
    y.backward()
    return y


def mission() -> Value:
    """J = 3(a + bc)."""
    a, b, c = leaves(a=5, b=3, c=2)
    return 3 * (a + b * c)


def two_consumers() -> Value:
    """b goes to two consumers, u and v."""
    return parse("u = a + b; v = b + 1; e = u*v", a=2, b=4)


def tanh_of_a_product() -> Value:
    """y = tanh(z) with z = w · x = 0.6, as in a thread of a forum: 1 - z² is 0.64."""
    w, x = leaves(w=0.3, x=2)
    z = w * x
    z.label = "z"
    y = z.tanh()
    y.label = "y"
    return y


def random_graph(seed: int, size: int, titles: tuple[str, ...] = ()) -> Value:
    """A graph of about `size` nodes with reuse near and far, constants, repeated operands, and operations of one to many operands."""
    chance = Random(seed)
    made = [Value(round(chance.uniform(-2, 2), 2), f"x{k}", constant=chance.random() < 0.2) for k in range(2 + size // 6)]
    loose = list(made)

    def operand() -> Value:
        if loose and chance.random() < 0.7:
            return loose.pop(chance.randrange(len(loose)))
        return chance.choice(made if chance.random() < 0.3 else made[-8:])

    while len(made) < size - 2 or len(loose) > 1:
        a = operand()
        with scope(chance.choice(titles)) if titles and chance.random() < 0.7 else nullcontext():
            kind = chance.randrange(9) if len(made) < size else 0
            if kind < 5:
                b = operand()
                node = (a + b, a * b, a - b, a / (b * b + 1), a * a)[kind]
            elif kind < 7:
                node = a.tanh() if kind == 5 else 2 * a
            else:
                node = dot([a, operand()], [operand(), operand()])
        made.append(node)
        loose.append(node)
    loose[-1].backward()
    return loose[-1]
