"""For context: one operation on scalars, on our Value and on PyTorch's tensors, which are made for larger things."""

from functools import partial
from typing import Any

from autograd import Value

from .graphs import chain
from .measuring import CORES, REPETITIONS, interleaved, peer
from .table import Measurement, Record, times_faster


def scalars(operations: int = 3000, repetitions: int = REPETITIONS) -> list[Record]:
    """One operation on scalars, forward and backward, beside PyTorch."""
    torch = peer("torch")
    torch.set_num_threads(CORES)

    def tensor(number: float) -> Any:
        return torch.tensor(number, dtype=torch.float64, requires_grad=True)

    def there_and_back(leaf: Any) -> None:
        chain(leaf, operations).backward()

    found = interleaved({"ours": partial(there_and_back, Value), "PyTorch": partial(there_and_back, tensor)}, repetitions)
    ours, theirs = (Measurement(tuple(seconds / operations for seconds in found[name].numbers)) for name in ("ours", "PyTorch"))
    return [times_faster("scalars", f"one of {operations:,} operations on scalars, forward and backward", ours, "PyTorch", theirs)]
