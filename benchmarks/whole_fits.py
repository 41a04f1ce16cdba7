"""P10: a whole training, from the call of fit to its end, compiling and all, beside scikit-learn's and the loop of PyTorch."""

import warnings
from collections.abc import Callable
from time import perf_counter
from typing import Any

from .measuring import MissingPeer, in_fresh_process, peer
from .table import Measurement, Record, times_faster

LR, BATCH = 0.001, 32
WITHIN = 1.0  # percent of accuracy, beside the better of the peers


def whole_fits(repetitions: int = 5, epochs: int = 100) -> list[Record]:
    """A training of MLP(64, [32, 10]) on the digits from call to end, beside scikit-learn and PyTorch."""
    sides: dict[str, Callable[[int, int], tuple[float, float]]] = {"ours": ours, "scikit-learn": scikit_learn, "PyTorch": pytorch}
    problems: dict[str, str] = {}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    for k in range(repetitions):  # in turns: what slows the machine down slows all of them
        for name, side in sides.items():
            try:
                found[name].append(in_fresh_process(side, epochs, k))
            except MissingPeer as error:
                problems[name] = str(error)
    what = f"fit: MLP(64, [32, 10]) on the digits, Adam, batches of {BATCH}, {epochs} epochs"
    seconds = {name: Measurement(tuple(time for time, _ in runs)) for name, runs in found.items() if runs}
    records = [
        Record("P10", what, problem=problems[name])
        if name in problems
        else times_faster("P10", what, seconds["ours"], name, seconds[name], at_least)
        for name, at_least in (("scikit-learn", 1.8), ("PyTorch", 3.0))
    ]
    accuracy = {name: Measurement(tuple(share for _, share in runs), "%") for name, runs in found.items() if runs}
    best = max((name for name in accuracy if name != "ours"), key=lambda name: accuracy[name].median, default="")
    if best:
        met = accuracy["ours"].median >= accuracy[best].median - WITHIN
        row = Record("P10", "accuracy on the fifth kept apart", accuracy["ours"], best, accuracy[best], None, f"within {WITHIN:g} %", met)
        records.append(row)
    return records


def _digits() -> tuple[Any, Any, Any, Any]:
    from nn import data

    X, y = data.digits()
    return data.train_test_split(X / 16, y, test_size=0.2, rng=0)


def ours(epochs: int, seed: int) -> tuple[float, float]:
    """The seconds of a training, and the accuracy in percent afterwards."""
    from nn import MLP

    X, X_test, y, y_test = _digits()
    model: Any = MLP(64, [32, 10], rng=seed)
    start = perf_counter()
    model.fit(X, y, "cross_entropy", "adam", lr=LR, epochs=epochs, batch_size=BATCH, progress=False)
    return perf_counter() - start, 100 * model.evaluate(X_test, y_test).accuracy


def scikit_learn(epochs: int, seed: int) -> tuple[float, float]:
    """The same with MLPClassifier, which neither stops early nor penalises weights."""
    networks = peer("sklearn.neural_network")
    X, X_test, y, y_test = _digits()
    model = networks.MLPClassifier(
        (32,), solver="adam", alpha=0.0, batch_size=BATCH, learning_rate_init=LR, max_iter=epochs, tol=0.0, n_iter_no_change=epochs,
        random_state=seed,
    )  # fmt: skip
    warnings.simplefilter("ignore")  # that all epochs were run
    start = perf_counter()
    model.fit(X, y)
    return perf_counter() - start, 100 * float(model.score(X_test, y_test))


def pytorch(epochs: int, seed: int) -> tuple[float, float]:
    """The same with the usual loop of PyTorch: tensors that are sliced, no DataLoader."""
    torch = peer("torch")
    torch.set_num_threads(1)  # matrices this small are done faster by one
    torch.manual_seed(seed)
    X, X_test, y, y_test = [torch.as_tensor(part, dtype=torch.float64 if part.ndim == 2 else torch.int64) for part in _digits()]
    model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)).double()
    loss_of, optimizer = torch.nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=LR)
    start = perf_counter()
    for _ in range(epochs):
        order = torch.randperm(len(X))
        for k in range(0, len(X), BATCH):
            rows = order[k : k + BATCH]
            optimizer.zero_grad()
            loss = loss_of(model(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
    seconds = perf_counter() - start
    with torch.no_grad():
        return seconds, 100 * float((model(X_test).argmax(dim=1) == y_test).double().mean())
