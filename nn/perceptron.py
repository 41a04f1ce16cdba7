"""The perceptron: a neuron with a step, and Rosenblatt's rule. Whether points can be separated at all says `separating`."""

from typing import Any

from autograd import Value
from autograd.quoting import quoted

from .arguments import as_values, count
from .history import History
from .neuron import Neuron
from .separating import two_classes


class Perceptron(Neuron):
    """A neuron with a step: class 1 where w·x + b > 0, else class 0 (Rosenblatt, 1958).

    `ties` is the class of a point with w·x + b = 0: 0 (strictly greater is class 1), or 1. The weights start at 0
    unless `init` says otherwise. `fit` is Rosenblatt's rule; a gradient descent could not learn, for the step has the
    derivative 0.

    >>> from nn import data
    >>> model = Perceptron(2)
    >>> history = model.fit(*data.gates("and"))
    >>> history.epochs, model.bias.data, [w.data for w in model.weights]
    (6, -2.0, [2.0, 1.0])
    """

    def __init__(self, n_in: int, ties: int = 0, init: Any = "zeros", rng: Any = None):
        if ties not in (0, 1):
            raise ValueError(f"ties is the class of a tie, 0 or 1, not {quoted(ties)}")
        super().__init__(n_in, "heaviside", init, rng)
        self.ties = int(ties)

    def __call__(self, x: Any) -> Value:
        inputs = as_values(x, self.n_in, self.title)
        with self.scope:
            a: Any = self.pre_activation(inputs)
            return a.heaviside() if self.ties == 0 else 1 - (-a).heaviside()

    def fit(self, X: Any, y: Any, epochs: int = 100, shuffle: bool = False) -> History:  # type: ignore[override]
        """Rosenblatt's rule, w ← w + (t - y) x and b ← b + (t - y), example by example, until an epoch makes no mistake.

        `y` holds the classes 0 and 1. The history's "mistakes" counts the corrections of each epoch, and its `path` has the
        parameters (weights, then bias) before the first correction and after each; `stopped` is set when the last epoch
        had none. Without that, after `epochs`, nothing is proved: ask `separability`.

        Raises ValueError for other labels or shapes.
        """
        rows, labels = two_classes(X, y)
        if rows.shape[1] != self.n_in:
            raise ValueError(f"X has {rows.shape[1]} features, but the perceptron takes {self.n_in}")
        count("epochs", epochs)
        history = self.history = History()
        history.path.append(tuple([parameter.data for parameter in self.parameters()]))
        pairs = list(zip(rows.tolist(), labels, strict=True))
        for epoch in range(1, epochs + 1):
            mistakes = 0
            for k in self.rng.permutation(len(pairs)) if shuffle else range(len(pairs)):
                x, t = pairs[k]
                error = t - self(x).data
                if error:
                    mistakes += 1
                    for weight, item in zip(self.weights, x, strict=True):
                        weight.data = weight.data + error * item
                    self.bias.data = self.bias.data + error
                    history.path.append(tuple([parameter.data for parameter in self.parameters()]))
            history.add(mistakes=mistakes)
            history.updates += mistakes
            if not mistakes:
                history.stopped = f"no mistake in epoch {epoch}"
                break
        return history

    def __repr__(self) -> str:
        return f"Perceptron({self.n_in}{', ties=1' * self.ties})"
