"""`Module`: anything with parameters. It finds them in its own attributes, names them, saves them, and can be trained.

A subclass keeps Values, Modules, or lists of them as attributes and defines `__call__` for one example. How a module
is trained stands in `training`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from autograd import Value
from autograd.engine.ieee import number

from . import saving
from .plain_tables import Table
from .training import evaluate, fit, loss_of, predict


class Module:
    """A part of a model, or a whole model: parameters, and a function of one example made from them.

    A class of one's own is trained by the scalar engine, unless it says `traceable = True`: its __call__ promises to build
    the same graph whatever the numbers are, so that the graph of one example can be made into a program for all.

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

    def _parts(self, above: tuple[Any, ...] = (), rows: bool = True) -> "Iterator[tuple[str, Value | Module]]":
        """The Values and Modules among the attributes, also in lists, with the path to each; `above` holds this module.

        Without `rows`, lists of nothing but Values are passed over.

        Raises ValueError for a module or a list that holds itself.
        """
        waiting: list[tuple[str, Any, tuple[Any, ...]]] = [(name, part, (*above, self)) for name, part in reversed(vars(self).items())]
        while waiting:
            path, part, above = waiting.pop()
            if part.__class__ is Value:
                if not part.constant:
                    yield path, part
                continue
            if isinstance(part, (Module, list, tuple)) and any(part is holder for holder in above):
                raise ValueError(f"{path} of {type(self).__name__} is a {type(part).__name__} that holds itself; a model has no such loops")
            if part.__class__ in (list, tuple) and {*map(type, part)} == {Value}:  # most parameters stand in such rows
                if rows:
                    yield from [(f"{path}.{k}", item) for k, item in enumerate(part) if not item.constant]
            elif isinstance(part, (list, tuple)):
                waiting += [(f"{path}.{k}", item, (*above, part)) for k, item in reversed(list(enumerate(part)))]
            elif isinstance(part, Module) or (isinstance(part, Value) and not part.constant):
                yield path, part

    def _all_parts(self, above: tuple[Any, ...] = (), rows: bool = True) -> "Iterator[tuple[str, Value | Module]]":
        """The same, and what is in the Modules."""
        for path, part in self._parts(above, rows):
            yield path, part
            if isinstance(part, Module):
                for below, item in part._all_parts((*above, self), rows):
                    yield f"{path}.{below}", item

    def modules(self) -> "list[Module]":
        """This module and every module in it, each once, in the order in which they were made attributes."""
        return list(dict.fromkeys([self, *(part for _, part in self._all_parts(rows=False) if isinstance(part, Module))]))

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Pairs of path and parameter; the path says where it is: layers.0.neurons.1.bias. A shared one comes once."""
        found: dict[Value, str] = {}
        for path, part in self._all_parts():
            if isinstance(part, Value):
                found.setdefault(part, path)
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
                    f"this state {what} {', '.join(map(saving.shortened, sorted(paths)[:3]))}{more}, "
                    f"which {'this model has' if what == 'misses' else 'this model does not have'}; it belongs to another model"
                )
        numbers = {path: number(data, path) for path, data in state.items()}
        for path, parameter in own.items():
            parameter.data = numbers[path]
        return self

    def save(self, path: Any) -> None:
        """Writes the parameters to a JSON file, exactly; the file is written whole or not at all.

        Raises ValueError for an activation without a name, by which the file could not be told from that of another model.
        """
        for module in self.modules():
            if (name := getattr(getattr(module, "activation", None), "name", ""))[:1] == "<":
                raise ValueError(
                    f"{module!r} has a function without a name, {name}; define it with def, so that the file can say which it is"
                )
        saving.write(path, repr(self), self.state_dict())

    def load(self, path: Any) -> "Module":
        """Sets the parameters from a file that `save` wrote for a model built alike; gives the module.

        Raises ValueError, and changes nothing, for a damaged file or the file of another model.
        """
        model, state = saving.read(path)
        if model != repr(self):
            raise ValueError(f"{path} holds the parameters of {saving.shortened(model, 300)}, but this model is {self!r}")
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

    # --- learning: see `training` ---

    loss, predict, evaluate, fit = loss_of, predict, evaluate, fit
