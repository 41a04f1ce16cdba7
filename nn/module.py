"""`Module`: anything with parameters. It finds them in its own attributes, names them, saves them, and can be trained.

A subclass keeps Values, Modules, or lists of them as attributes and defines `__call__` for one example. How a module
is trained stands in `training`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograd import Value
from autograd.value import number

from . import saving, training
from .history import Evaluation, History
from .tables import Table


class Module:
    """A part of a model, or a whole model: parameters, and a function of one example made from them.

    >>> from nn import MLP
    >>> model = MLP(2, [3, 1], rng=0)
    >>> len(model.parameters()), model.named_parameters()[0][0]
    (13, 'layers.0.neurons.0.weights.0')
    """

    training = True  # whether dropout is on: see train() and eval()
    default_loss = "mse"

    def __call__(self, x: Any) -> Any:
        """The output for one example, a list of numbers or Values: a Value, or a list of them."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(self, x), which gives the output for one example")

    # --- parameters ---

    def _parts(self) -> "Iterator[tuple[str, Value | Module]]":
        """The Values and Modules among the attributes, also in lists, with the path to each."""
        waiting = [(name, part) for name, part in reversed(vars(self).items())]
        while waiting:
            path, part = waiting.pop()
            if isinstance(part, (list, tuple)):
                waiting += [(f"{path}.{k}", item) for k, item in reversed(list(enumerate(part)))]
            elif isinstance(part, Module) or (isinstance(part, Value) and not part.constant):
                yield path, part

    def modules(self) -> "list[Module]":
        """This module and every module in it, each once, in the order in which they were made attributes."""
        found: dict[Module, None] = {self: None}
        for _, part in self._parts():
            if isinstance(part, Module):
                found |= dict.fromkeys(part.modules())
        return list(found)

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Pairs of path and parameter; the path says where it is: layers.0.neurons.1.bias. A shared one comes once."""
        found: dict[Value, str] = {}
        for path, part in self._parts():
            if isinstance(part, Value):
                found.setdefault(part, path)
            else:
                for below, parameter in part.named_parameters():
                    found.setdefault(parameter, f"{path}.{below}")
        return [(path, parameter) for parameter, path in found.items()]

    def parameters(self) -> list[Value]:
        """All parameters; of each neuron the weights, then the bias."""
        return [parameter for _, parameter in self.named_parameters()]

    def zero_grad(self) -> None:
        """Forgets the gradient of every parameter."""
        for parameter in self.parameters():
            parameter.zero_grad()

    # --- training or not ---

    def train(self, mode: bool = True) -> "Module":
        """Switches dropout on (or off, with mode=False) in this module and all in it; gives the module."""
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self) -> "Module":
        """Switches dropout off in this module and all in it; gives the module."""
        return self.train(False)

    # --- saving ---

    def state_dict(self) -> dict[str, Any]:
        """The number of every parameter by its path."""
        return {path: parameter.data for path, parameter in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, Any]) -> "Module":
        """Sets every parameter to the number of its path; gives the module.

        Raises ValueError, and changes nothing, when a path is missing or unknown, TypeError when one holds no number.
        """
        own = dict(self.named_parameters())
        for what, paths in (("misses", own.keys() - state.keys()), ("has", state.keys() - own.keys())):
            if paths:
                more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
                raise ValueError(
                    f"this state {what} {', '.join(sorted(paths)[:3])}{more}, "
                    f"which {'this model has' if what == 'misses' else 'this model does not have'}; it belongs to another model"
                )
        numbers = {path: number(data, path) for path, data in state.items()}
        for path, parameter in own.items():
            parameter.data = numbers[path]
        return self

    def save(self, path: Any) -> None:
        """Writes the parameters to a JSON file, exactly; the file is written whole or not at all."""
        saving.write(path, repr(self), self.state_dict())

    def load(self, path: Any) -> "Module":
        """Sets the parameters from a file that `save` wrote for a model built alike; gives the module.

        Raises ValueError, and changes nothing, for a damaged file or the file of another model.
        """
        model, state = saving.read(path)
        if model != repr(self):
            raise ValueError(f"{path} holds the parameters of {model}, but this model is {self!r}")
        return self.load_state_dict(state)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def summary(self) -> Table:
        """What the model is made of, with the number of parameters of each part.

        >>> from nn import MLP
        >>> print(MLP(3, [4, 2], activation="sigmoid", rng=0).summary())
        MLP(3, [4, 2], activation="sigmoid")
        part      what                         parameters
        layers.0  Layer(3, 4, "sigmoid")       16
        layers.1  Layer(4, 2, "linear")        10
        26 parameters
        """
        parts = [(path, part) for path, part in self._parts()]
        rows = [
            (
                path,
                repr(part) if isinstance(part, Module) else "a parameter",
                str(len(part.parameters()) if isinstance(part, Module) else 1),
            )
            for path, part in parts
        ]
        total = len(self.parameters())
        return Table(repr(self), ("part", "what", "parameters"), rows, f"{total} parameter{'s' * (total != 1)}")

    # --- learning ---

    def loss(self, X: Any, y: Any, loss: Any = None, reduction: str = "mean") -> Value:
        """The loss on some examples as a Value, whose graph can be drawn, stepped through and differentiated.

        X has shape (examples, features); y has one entry for each example, or one row of targets. `loss` is a name of
        `losses` or a function of predictions and targets; None means that of the last fit, else "mse". `reduction` is
        "mean" or "sum". Of a single example the inputs are labelled x1, x2, …

        >>> from nn import Neuron
        >>> neuron = Neuron(1).set(weights=[2], bias=0)
        >>> J = neuron.loss([[3.0]], [5.0])
        >>> J.backward()
        >>> J.data, neuron.weights[0].grad
        (1.0, 6.0)
        """
        return training.loss_of(self, X, y, loss, reduction)

    def predict(self, X: Any) -> Any:
        """The outputs for X of shape (examples, features): an array of shape (examples,), or (examples, outputs).

        They are as the last layer gives them: numbers, probabilities or logits. Dropout is off, and no graph is kept.
        """
        return training.predict(self, X)

    def evaluate(self, X: Any, y: Any, loss: Any = None, reduction: str = "mean") -> Evaluation:
        """The loss on some examples as a float, with `.accuracy` where the loss decides between classes."""
        return training.evaluate(self, X, y, loss, reduction)

    def fit(
        self,
        X: Any,
        y: Any,
        loss: Any = None,
        optimizer: Any = "sgd",
        lr: Any = None,
        epochs: int = 10,
        batch_size: int | None = 32,
        validation_split: float = 0.0,
        validation_data: Any = None,
        callbacks: Sequence[Any] = (),
        shuffle: bool = True,
        snapshots: int = 0,
        engine: str = "auto",
        progress: bool = True,
        regularizer: Any = None,
        reduction: str = "mean",
    ) -> History:
        """Trains the model on X of shape (examples, features) and y, and gives the history of the training.

        - `loss`: a name of `losses`, or a function of the predictions and targets of a batch.
        - `optimizer`: "sgd", "adagrad", "rmsprop", "adam" or "adamw" with a learning rate or schedule `lr`, or one from
          `optim` that is bound to parameters of this model (to some of them: the others stay as they are).
        - `batch_size`: examples in an update; None for all of them. `shuffle`: in another order in each epoch.
        - `validation_split`: the share of the examples, the last rows, that is kept for validation, before any
          shuffling; or `validation_data`, a pair (X, y).
        - `callbacks`: objects with on_epoch_end(epoch, history, model), epochs counted from 1; a true answer ends the
          training. An on_fit_end(history, model) is called at the end, if there is one.
        - `snapshots`: how many snapshots of the parameters to keep, evenly from before the first epoch to the end.
        - `engine`: "scalar" builds the graph of each batch; "auto" takes what is there.
        - `progress`: a progress bar, if tqdm is installed.
        - `regularizer`: one of `regularizers`, whose cost is added to the loss. `reduction`: "mean" or "sum".

        Ctrl-C ends the training and keeps the history so far. Afterwards the leaves hold the trained weights and the
        gradients of the last update; `history` is an attribute of the model, too.

        Raises ValueError or TypeError, before anything is changed, for what does not fit together, and
        FloatingPointError, with the epoch and batch, when the loss or a gradient is no longer finite; the model then
        keeps the weights of the last finite loss.

        >>> from nn import MLP, data
        >>> X, y = data.gates("xor")
        >>> model = MLP(2, [4, 1], activation="tanh", output="sigmoid", rng=1)
        >>> history = model.fit(X, y, loss="bce", lr=1.0, epochs=300, batch_size=None, progress=False)
        >>> (model.predict(X) > 0.5).tolist()
        [False, True, True, False]
        """
        return training.fit(self, X, y, loss, optimizer, lr, epochs, batch_size, validation_split, validation_data,
                            callbacks, shuffle, snapshots, engine, progress, regularizer, reduction)  # fmt: skip
