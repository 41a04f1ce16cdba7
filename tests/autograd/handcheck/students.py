"""Simulated students: each has one misconception, as teachers describe it, at one place or everywhere.

Written from the descriptions, without the table that is tested: a student here knows the values of the nodes and the right
local derivatives, and then does the one thing wrong.
"""

from math import cosh, exp, isfinite, prod

from autograd import Value, clip, dot, elu, examples, heaviside, leaky_relu, logsumexp, maximum, minimum, parse, topological_order, total

FAMILY = {
    "MISSING_PATH": "path", "OWN_OPERAND": "operand", "SIGN": "sign", "NO_UPSTREAM": "upstream", "NO_LOCAL": "local", "WRONG_POINT": "local",
    "TIMES_ARG": "local", "CONST_FACTOR": "factor", "STALE_GRAD": "factor", "NO_TOPO": "order", "RELU_MASK": "mask", "POWER_LOG": "power",
    "WRONG_TARGET": "target", "SEED": "target", "ADDED_ALONG_PATH": "added", "MULTIPLIED_ACROSS_PATHS": "multiplied", "VALUE_FOR_GRADIENT": "value",
}  # fmt: skip
FUNCTIONS = (
    "exp",
    "expm1",
    "log",
    "log1p",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "sigmoid",
    "softplus",
    "gelu",
    "silu",
    "relu",
)


def sigmoid(z):
    return 1 / (1 + exp(-z)) if z > 0 else exp(z) / (1 + exp(z))


def ways_to_go_wrong(node, slot, g, right):
    """The numbers that a student may write for one edge, by code: g arrives at the node, `right` is the local derivative."""
    z, a, op = node.parents[slot].data, node.data, node.op
    ways = {
        "SIGN": [-g * right],
        "NO_UPSTREAM": [right],
        "ADDED_ALONG_PATH": [g + right],
    }
    if op in ("mul", "dot"):
        ways["OWN_OPERAND"] = [g * z]
    if op in (*FUNCTIONS, "mul", "dot", "div", "pow", "logsumexp"):
        ways["NO_LOCAL"] = [g]
    if op in FUNCTIONS and op != "relu":
        ways["TIMES_ARG"] = [g * right * z, g * right * a]
    if op == "tanh":
        ways["WRONG_POINT"] = [g * (1 - z * z), g / cosh(a) ** 2]
    if op == "sigmoid":
        ways["WRONG_POINT"] = [g * z * (1 - z), g * sigmoid(a) * (1 - sigmoid(a))]
    if op == "relu":
        ways["RELU_MASK"] = [g, g * (z <= 0), max(0.0, g)]
        del ways["NO_LOCAL"]
    if op == "pow" and slot == 0:
        n = node.parents[1].data
        ways["POWER_LOG"] = [g * n * a] + ([g * z ** (n - 1)] if z > 0 or n == int(n) else [])
    if op == "log":
        ways["POWER_LOG"] = [g * a]
    if op == "div" and slot == 1:
        ways["POWER_LOG"] = [g * node.parents[0].data / z, g * node.parents[0].data]
    return ways


def passing(y, wrong=None, seed=1.0, root=None, gathered=None):
    """A backward pass: wrong maps (node, slot) to a function of what arrives; gathered a node to one of its contributions."""
    order = topological_order(y)
    found = {node: [] for node in order}
    total_of = {}
    for node in reversed(order):
        own = found[node]
        g = seed if node is (root or y) else sum(own)
        if gathered and node in gathered:
            g = gathered[node](own)
        total_of[node] = g
        for slot, (parent, local) in enumerate(zip(node.parents, node.partials, strict=True)):
            local = float(local)
            contribution = g * local if g and local else 0.0
            if wrong and (node, slot) in wrong:
                contribution = wrong[node, slot](g, local)
            found[parent].append(contribution)
    return total_of


def asked(y):
    """The nodes that a sheet asks for: all but the root, the constants and what depends on constants only."""
    order = topological_order(y)
    live = set()
    for node in order:
        if not node.constant and (not node.parents or any(parent in live for parent in node.parents)):
            live.add(node)
    return [node for node in order if node in live and node is not y]


def edges_of(y):
    live = {*asked(y), y}
    return [(node, slot) for node in topological_order(y) for slot, parent in enumerate(node.parents) if node in live and parent in live]


def misconceptions(y):
    """Every misconception that a student may have at one place, or about the whole pass.

    A list of the code, the node whose gradient it makes wrong first (None for the whole pass), and a function that works
    out the numbers of the sheet.
    """
    found, order, terms = [], topological_order(y), {}
    for node, slot in edges_of(y):
        terms.setdefault(node.parents[slot], []).append((node, slot))
        for code, numbers in ways_to_go_wrong(node, slot, 0.5, 0.5).items():
            for which in range(len(numbers)):
                wrong = _instead(node, slot, code, which)
                found.append((code, node.parents[slot], lambda wrong=wrong: passing(y, wrong)))
    for node in asked(y):
        found.append(("VALUE_FOR_GRADIENT", node, lambda node=node: passing(y, gathered={node: lambda own: node.data})))
        if len(terms.get(node, ())) > 1:
            found.append(("MULTIPLIED_ACROSS_PATHS", node, lambda node=node: passing(y, gathered={node: prod})))
            for k in range(len(terms[node])):
                found.append(("MISSING_PATH", node, lambda node=node, k=k: passing(y, gathered={node: lambda own: sum(own) - own[k]})))
            found.append(("MISSING_PATH", node, lambda node=node: passing(y, gathered={node: lambda own: own[-1]})))
        if node.parents:
            found.append(("WRONG_TARGET", None, lambda node=node: passing(y, root=node)))
        else:
            found += [
                ("CONST_FACTOR", node, lambda node=node, k=k: passing(y, gathered={node: lambda own: k * sum(own)})) for k in (2, 0.5)
            ]
    found += [("CONST_FACTOR", None, lambda k=k: passing(y, seed=k)) for k in (2, 0.5)]
    found += [("SEED", None, lambda seed=seed: passing(y, seed=seed)) for seed in (y.data, 0.0)]
    found += [("STALE_GRAD", None, lambda passes=passes: on_old_gradients(y, order, passes)) for passes in (2, 3)]
    return [*found, ("NO_TOPO", None, lambda: without_order(y, order))]


def _instead(node, slot, code, which):
    return {(node, slot): lambda g, local: ways_to_go_wrong(node, slot, g, local)[code][which]}


def on_old_gradients(y, order, passes):
    """Nothing is set back between two passes but the gradient of the root."""
    totals = dict.fromkeys(order, 0.0)
    for _ in range(passes):
        totals[y] = 1.0
        for node in reversed(order):
            for parent, local in zip(node.parents, node.partials, strict=True):
                totals[parent] += totals[node] * float(local)
    return totals


def without_order(y, order):
    """Each node goes on as soon as it is reached; where that takes too long, the right numbers."""
    totals, steps, waiting = {**dict.fromkeys(order, 0.0), y: 1.0}, 0, [y]
    while waiting:
        node = waiting.pop()
        steps += 1
        for parent, local in zip(node.parents, node.partials, strict=True):
            totals[parent] += totals[node] * float(local)
        waiting += node.parents[::-1]
        if steps > 2000:
            return passing(y)
    return totals


def one_misconception(rng, y):
    """A student with one misconception, of any code, at any place: the code, the node, and the numbers of the sheet."""
    code, node, numbers = rng.choice(misconceptions(y))
    return code, node, numbers()


def everywhere(rng, y):
    """The same misconception at all nodes of a kind that has several."""
    kinds = {}
    for node, slot in edges_of(y):
        kinds.setdefault(node.op, []).append((node, slot))
    several = [op for op, places in kinds.items() if len({node for node, _ in places}) > 1 and op in (*FUNCTIONS, "mul", "pow", "div")]
    if not several:
        return None
    places = kinds[rng.choice(several)]
    code = rng.choice([*ways_to_go_wrong(*places[0], 0.5, 0.5)])
    which = rng.random()

    def instead_at(node, slot):
        def instead(g, local):
            numbers = ways_to_go_wrong(node, slot, g, local).get(code) or [g * local]
            return numbers[int(which * len(numbers))]

        return instead

    return code, None, passing(y, {place: instead_at(*place) for place in places})


def is_visible(y, numbers, nodes):
    """Whether a sheet can show the mistake: who writes six digits or more cannot be that far off by rounding."""
    true = passing(y)
    off = [abs(numbers[node] - true[node]) > max(1e-4 * max(abs(true[node]), abs(numbers[node])), 1e-9) for node in nodes]
    return all(isfinite(numbers[node]) and abs(numbers[node]) < 1e12 for node in nodes) and any(off)


# --- graphs ------------------------------------------------------------------------------------------------------


def random_graph(rng, size):
    """A graph of about `size` nodes over all operations, every node used, some of them several times, none degenerate."""
    pool = [
        Value(rng.choice([-1, 1]) * round(rng.uniform(0.3, 2.0), 2), f"x{k}") for k in range(rng.randint(2, max(2, min(12, size // 3))))
    ]
    unused = list(pool)
    k = 0
    while len(pool) < size - 1 or len(unused) > 1:
        a = unused.pop(rng.randrange(len(unused))) if unused and (rng.random() < 0.7 or len(pool) >= size - 1) else rng.choice(pool)
        b = unused.pop(0) if len(pool) >= size - 1 and unused else rng.choice(pool)
        node = _one_of(rng, a, b, rng.choice(pool))
        if node is None or not isfinite(node.data) or not 0.02 < abs(node.data) < 20 or any(not isfinite(local) for local in node.partials):
            node = a + b if abs(a.data + b.data) > 0.02 else a - 2 * b
        if len(pool) >= 3 * size + 20:
            break
        node.label = f"h{k}"
        k += 1
        pool.append(node)
        unused = [each for each in unused if each not in node.parents] + [node]
    y = pool[-1]
    y.label = "L"
    return y


def _one_of(rng, a, b, c):
    op = rng.choice(["add", "sub", "mul", "mul", "mul", "div", "pow", "neg", "abs", "function", "function", "function", "more", "many"])
    if op == "pow":
        return a ** rng.choice([2, 3]) if rng.random() < 0.7 or a.data < 0 else a**b
    if op == "function":
        name = rng.choice([*FUNCTIONS, "relu", "sigmoid", "tanh"])
        if (name in ("log", "sqrt") and a.data <= 0.1) or (name == "log1p" and a.data <= -0.9) or (name == "tan" and abs(a.data) > 1.2):
            return None
        return getattr(a, name)()
    if op == "more":
        return rng.choice([lambda: leaky_relu(a, 0.1), lambda: elu(a, 1.0), lambda: clip(a, -1.5, 1.5), lambda: heaviside(a) + a])()
    if op == "many" and len({a.data, b.data, c.data}) == 3:  # no ties
        return rng.choice(
            [
                lambda: maximum(a, b),
                lambda: minimum(a, b),
                lambda: total([a, b, c]),
                lambda: dot([a, b], [c, a]),
                lambda: logsumexp([a, b, c]),
            ]
        )()
    if op in ("neg", "abs"):
        return -a if op == "neg" else abs(a)
    if op == "many":
        return None
    return {"add": lambda: a + b, "sub": lambda: a - b, "mul": lambda: a * b, "div": lambda: a / b if abs(b.data) > 0.1 else None}[op]()


def product_of_sum(a, b):
    return parse("p = a*b; s = a + b; J = p*s", a=a, b=b)


def tanh_batch(numbers):
    """A 2-2-1 network of tanh with the mean of a squared error over three examples."""
    names = ["v11", "v12", "v21", "v22", "c1", "c2", "w1", "w2", "d"]
    weights = {name: Value(data, name) for name, data in zip(names, numbers, strict=False)}
    loss = None
    for k, (x1, x2, t) in enumerate([(0.5, -1.2, 0.3), (1.1, 0.4, -0.6), (-0.7, 0.9, 0.8)]):
        X1, X2, T = (Value(data, f"{name}_{k}", constant=True) for name, data in (("x1", x1), ("x2", x2), ("t", t)))
        h = [(weights[f"v{j}1"] * X1 + weights[f"v{j}2"] * X2 + weights[f"c{j}"]).tanh() for j in (1, 2)]
        e = (weights["w1"] * h[0] + weights["w2"] * h[1] + weights["d"] - T) ** 2
        loss = e if loss is None else loss + e
    loss = loss / 3
    loss.label = "L"
    return loss


def exercise(name, rng, decimals=None):
    """One of the five exercises, with fresh numbers: in full, or of a few decimals.

    The target of the logistic regression is soft: with 0 or 1 half of the loss sends nothing, and no numbers tell why.
    """

    def fresh(low=0.3, high=2.5):
        data = rng.uniform(low, high)
        return data if decimals is None else round(data, decimals)

    def signed():
        return rng.choice([-1, 1]) * fresh()

    if name == "J":
        return examples.J(signed(), signed(), signed())
    if name == "product of sum":
        return product_of_sum(signed(), signed())
    if name == "logistic":
        return examples.logistic(signed(), signed(), signed(), signed(), signed(), fresh(0.1, 0.9))
    if name == "1-2-1":
        return examples.net_1_2_1(*[signed() for _ in range(9)])
    return tanh_batch([signed() for _ in range(9)])


EXERCISES = ("J", "product of sum", "logistic", "1-2-1", "tanh batch")
