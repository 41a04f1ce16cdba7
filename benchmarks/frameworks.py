"""The step of a workload with PyTorch and with JAX, each in the forms that its users write; which is fastest is measured.

Each function takes a workload and gives a step for each form, by its name; a step returns the loss as a float, so all
of its work is done when it is back.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from .by_hand import Step
from .measuring import CORES, peer
from .workloads import Workload

# --- PyTorch -----------------------------------------------------------------------------------------------------


def pytorch(workload: Workload) -> dict[str, Step]:
    """Eager PyTorch on two threads: with its optimizer, and with plain tensors updated in place."""
    torch = peer("torch")
    torch.set_num_threads(CORES)
    X, targets = torch.from_numpy(workload.X), torch.from_numpy(workload.targets)
    if workload.loss == "cross_entropy":
        targets = targets.argmax(dim=1)
    return {"optimizer": _pytorch_modules(torch, workload, X, targets), "in place": _pytorch_tensors(torch, workload, X, targets)}


def _pytorch_modules(torch: Any, workload: Workload, X: Any, targets: Any) -> Step:
    layers: list[Any] = []
    for W, b in zip(workload.weights, workload.biases, strict=True):
        layer = torch.nn.Linear(W.shape[1], W.shape[0], dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(W))
            layer.bias.copy_(torch.from_numpy(b))
        layers += [layer, torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    parameters = list(model.parameters())
    optimizer = torch.optim.SGD(parameters, lr=workload.lr)

    def step() -> float:
        optimizer.zero_grad()
        loss = _pytorch_loss(torch, workload, model(X), targets, parameters)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def _pytorch_tensors(torch: Any, workload: Workload, X: Any, targets: Any) -> Step:
    pairs = [(torch.tensor(W), torch.tensor(b)) for W, b in zip(workload.weights, workload.biases, strict=True)]
    parameters = [p.requires_grad_() for pair in pairs for p in pair]
    linear, relu = torch.nn.functional.linear, torch.relu

    def step() -> float:
        Z = X
        for W, b in pairs[:-1]:
            Z = relu(linear(Z, W, b))
        loss = _pytorch_loss(torch, workload, linear(Z, *pairs[-1]), targets, parameters)
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for p, g in zip(parameters, gradients, strict=True):
                p.sub_(g, alpha=workload.lr)
        return loss.item()

    return step


def _pytorch_loss(torch: Any, workload: Workload, outputs: Any, targets: Any, parameters: list[Any]) -> Any:
    if workload.loss == "cross_entropy":
        return torch.nn.functional.cross_entropy(outputs, targets)
    loss = torch.relu(1 - targets * outputs[:, 0]).mean()
    return loss + workload.alpha * torch.cat([p.view(-1) for p in parameters]).square().sum()


# --- JAX ---------------------------------------------------------------------------------------------------------


def jax(workload: Workload) -> dict[str, Step]:
    """A jitted step in float64, waited for: from a tree of arrays or from one vector, with its memory given away or not."""
    jax = peer("jax")
    jax.config.update("jax_enable_x64", True)
    numpy = jax.numpy
    layers = [(numpy.asarray(W.T), numpy.asarray(b)) for W, b in zip(workload.weights, workload.biases, strict=True)]
    flat, unravel = peer("jax.flatten_util").ravel_pytree(layers)
    of_layers = partial(_jax_loss, jax, workload.loss, workload.alpha)
    return {
        f"{form}{', donated' * donated}": _jax_step(jax, workload, loss, start, donated)
        for form, loss, start in (("tree", of_layers, layers), ("vector", lambda p, X, y: of_layers(unravel(p), X, y), flat))
        for donated in (False, True)
    }


def _jax_step(jax: Any, workload: Workload, loss: Callable[..., Any], start: Any, donated: bool) -> Step:
    X, targets, lr = jax.numpy.asarray(workload.X), jax.numpy.asarray(workload.targets), workload.lr

    def updated(parameters: Any, X: Any, targets: Any) -> tuple[Any, Any]:
        found, gradients = jax.value_and_grad(loss)(parameters, X, targets)
        return found, jax.tree.map(lambda p, g: p - lr * g, parameters, gradients)

    compiled = jax.jit(updated, donate_argnums=(0,) if donated else ())
    parameters = jax.tree.map(jax.numpy.array, start)  # a copy: a donated one is gone

    def step() -> float:
        nonlocal parameters
        found, parameters = compiled(parameters, X, targets)
        jax.block_until_ready((found, parameters))
        return float(found)

    return step


def _jax_loss(jax: Any, kind: str, alpha: float, layers: Any, X: Any, targets: Any) -> Any:
    numpy = jax.numpy
    for W, b in layers[:-1]:
        X = numpy.maximum(X @ W + b, 0)
    outputs = X @ layers[-1][0] + layers[-1][1]
    if kind == "cross_entropy":
        return -numpy.mean(numpy.sum(targets * jax.nn.log_softmax(outputs), axis=1))
    penalty = sum(numpy.vdot(p, p) for layer in layers for p in layer)
    return numpy.mean(numpy.maximum(1 - targets * outputs[:, 0], 0)) + alpha * penalty
