"""Graphs that every course draws, ready to print, draw, step through and check.

Each function builds a new graph and returns its root; all nodes of interest are labelled. The numbers can be
replaced by keyword.
"""

from .engine.functions import log, sigmoid, softmax
from .engine.names import label, leaves
from .engine.recording import scope
from .engine.value import Value
from .quoting import quoted


def J(a: float = 5, b: float = 3, c: float = 2) -> Value:
    """J = 3(a + bc) with u = bc and v = a + u.

    >>> from autograd import grad
    >>> grad(J(), ["a", "b", "c"])
    (3.0, 6.0, 9.0)
    """
    va, vb, vc = leaves(a=a, b=b, c=c)
    u = vb * vc
    v = va + u
    root = 3 * v
    label(u=u, v=v, J=root)
    return root


def logistic(x1: float = 1, x2: float = 2, w1: float = 0.5, w2: float = -0.25, b: float = 0.1, y: float = 1) -> Value:
    """Logistic regression on one example: z = w1 x1 + w2 x2 + b, p = σ(z), L = -(y log p + (1 - y) log(1 - p)).

    >>> from autograd import grad
    >>> L = logistic()
    >>> z, = grad(L, ["z"])
    >>> round(z, 6)  # p - y
    -0.475021
    """
    vw1, vw2, vb = leaves(w1=w1, w2=w2, b=b)
    vx1, vx2, vy = Value(x1, "x1", constant=True), Value(x2, "x2", constant=True), Value(y, "y", constant=True)
    z = vw1 * vx1 + vw2 * vx2 + vb
    p = sigmoid(z)
    L = -(vy * log(p) + (1 - vy) * log(1 - p))
    label(z=z, p=p, L=L)
    return L


def net_1_2_1(
    x: float = 1,
    y: float = 1,
    v1: float = 0.5,
    v2: float = -1,
    b1: float = 0,
    b2: float = 1,
    w0: float = 0.1,
    w1: float = 0.8,
    w2: float = -0.6,
) -> Value:
    """A network of one input, two sigmoid units and one linear output with E = (ŷ - y)²/2.

    a_j = b_j + v_j x, o_j = σ(a_j), ŷ = w0 + w1 o1 + w2 o2.

    >>> from autograd import grad, nodes
    >>> E = net_1_2_1()
    >>> w0, = grad(E, ["w0"])
    >>> w0 == nodes(E)["ŷ"].data - 1  # the gradient of the output's bias is the error itself
    True
    """
    X, Y = Value(x, "x", constant=True), Value(y, "y", constant=True)
    with scope("hidden layer"):
        V1, V2, B1, B2 = leaves(v1=v1, v2=v2, b1=b1, b2=b2)
        a1 = B1 + V1 * X
        a2 = B2 + V2 * X
        o1, o2 = sigmoid(a1), sigmoid(a2)
    with scope("output layer"):
        W0, W1, W2 = leaves(w0=w0, w1=w1, w2=w2)
        output = W0 + W1 * o1 + W2 * o2
    E = (output - Y) ** 2 / 2
    label(a1=a1, a2=a2, o1=o1, o2=o2, ŷ=output, E=E)
    return E


def neuron(x: float = 2, w: float = -0.5, b: float = 0.25, y: float = 1) -> Value:
    """One neuron with a squared error: z = w x + b, ŷ = σ(z), J = (ŷ - y)².

    The gradient of the weight is the product of three factors, what arrives, g′(z), and the input:
    ∂J/∂w = ∂J/∂ŷ · g′(z) · x.

    >>> from autograd import grad
    >>> J = neuron()
    >>> dw, db = grad(J, ["w", "b"])
    >>> dw == 2 * db  # the factors differ in the input only
    True
    """
    W, B = leaves(w=w, b=b)
    X, Y = Value(x, "x", constant=True), Value(y, "y", constant=True)
    z = W * X + B
    output = sigmoid(z)
    root = (output - Y) ** 2
    label(z=z, ŷ=output, J=root)
    return root


def mazur(
    i1: float = 0.05,
    i2: float = 0.10,
    w1: float = 0.15,
    w2: float = 0.20,
    w3: float = 0.25,
    w4: float = 0.30,
    w5: float = 0.40,
    w6: float = 0.45,
    w7: float = 0.50,
    w8: float = 0.55,
    b1: float = 0.35,
    b2: float = 0.60,
    t1: float = 0.01,
    t2: float = 0.99,
) -> Value:
    """The 2-2-2 network of Matt Mazur's "A Step by Step Backpropagation Example" (2015), with its published numbers.

    The units of a layer share one bias. The error is E = E1 + E2, each half a squared difference.

    >>> from autograd import grad
    >>> E = mazur()
    >>> round(E.data, 9), round(grad(E, ["w5"])[0], 9)
    (0.298371109, 0.082167041)
    """
    I1, I2, T1, T2 = (Value(data, name, constant=True) for name, data in (("i1", i1), ("i2", i2), ("t1", t1), ("t2", t2)))
    with scope("hidden layer"):
        W1, W2, W3, W4, B1 = leaves(w1=w1, w2=w2, w3=w3, w4=w4, b1=b1)
        net_h1, net_h2 = W1 * I1 + W2 * I2 + B1, W3 * I1 + W4 * I2 + B1
        out_h1, out_h2 = sigmoid(net_h1), sigmoid(net_h2)
    with scope("output layer"):
        W5, W6, W7, W8, B2 = leaves(w5=w5, w6=w6, w7=w7, w8=w8, b2=b2)
        net_o1, net_o2 = W5 * out_h1 + W6 * out_h2 + B2, W7 * out_h1 + W8 * out_h2 + B2
        out_o1, out_o2 = sigmoid(net_o1), sigmoid(net_o2)
    E1, E2 = 0.5 * (T1 - out_o1) ** 2, 0.5 * (T2 - out_o2) ** 2
    E = E1 + E2
    label(net_h1=net_h1, net_h2=net_h2, out_h1=out_h1, out_h2=out_h2, net_o1=net_o1, net_o2=net_o2)
    label(out_o1=out_o1, out_o2=out_o2, E1=E1, E2=E2, E=E)
    return E


def softmax_cross_entropy(z1: float = 2, z2: float = 1, z3: float = 0.1, target: int = 1, form: str = "lecture") -> Value:
    """The cross-entropy L = -log p of the softmax of three logits, where p is the share of the class `target` (1, 2 or 3).

    As lectures have it: e_i = exp(z_i), S = e1 + e2 + e3, p = e_target / S, L = -log p. form="stable" builds what `softmax`
    computes with, exp(z - logsumexp(z)). Raises ValueError for another class or form.

    >>> from autograd import grad, nodes
    >>> L = softmax_cross_entropy()
    >>> [round(slope, 4) for slope in grad(L, ["z1", "z2", "z3"])]  # p_i - 1 for the target, p_i for the others
    [-0.341, 0.2424, 0.0986]
    >>> abs(L.data - softmax_cross_entropy(form="stable").data) < 1e-15
    True
    """
    if target not in (1, 2, 3):
        raise ValueError(f"target is the number of a class, 1, 2 or 3, not {quoted(target)}")
    z = leaves(z1=z1, z2=z2, z3=z3)
    p = softmax(z, form)[int(target) - 1]
    L = -log(p)
    label(L=L, **{f"p{target}": p})
    if form == "lecture":
        label(S=p.parents[1], **{f"e{i}": each for i, each in enumerate(p.parents[1].parents, 1)})
    return L
