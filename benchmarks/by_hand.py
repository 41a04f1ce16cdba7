"""The step of a workload in NumPy, written by hand: plainly, and with every result in a buffer that was made before.

Both are what a good engineer writes: forward, the recursion for δ, the update. One example is a row of every array.
"""

from collections.abc import Callable
from typing import Any

import numpy

from .workloads import Workload

Step = Callable[[], float]


# --- plainly -----------------------------------------------------------------------------------------------------


class Plain:
    """The parameters as arrays, one W and one b for each layer; called, it does one update and gives the loss before it."""

    def __init__(self, workload: Workload):
        self.X, self.targets, self.lr, self.alpha = workload.X, workload.targets, workload.lr, workload.alpha
        self.W = [numpy.array(W.T, order="C") for W in workload.weights]  # (inputs, units), so that Z @ W needs no transposing
        self.b = [b.copy() for b in workload.biases]
        self.loss_and_delta = {"hinge": self.hinge, "cross_entropy": self.cross_entropy}[workload.loss]

    def __call__(self) -> float:
        loss, gradients = self.gradients()
        for W, b, (dW, db) in zip(self.W, self.b, gradients, strict=True):
            W -= self.lr * dW
            b -= self.lr * db
        return loss

    def gradients(self) -> tuple[float, list[tuple[Any, Any]]]:
        """The loss, and for each layer the gradients of W and b."""
        Z = [self.X]
        for W, b in zip(self.W[:-1], self.b[:-1], strict=True):
            Z.append(numpy.maximum(Z[-1] @ W + b, 0))
        loss, delta = self.loss_and_delta(Z[-1] @ self.W[-1] + self.b[-1])
        found: list[tuple[Any, Any]] = []
        for k in reversed(range(len(self.W))):
            found.append((Z[k].T @ delta, delta.sum(axis=0)))
            if k:
                delta = (delta @ self.W[k].T) * (Z[k] > 0)
        found.reverse()
        if self.alpha:
            loss += self.alpha * sum(numpy.vdot(p, p) for p in (*self.W, *self.b))
            found = [(dW + 2 * self.alpha * W, db + 2 * self.alpha * b) for (dW, db), W, b in zip(found, self.W, self.b, strict=True)]
        return float(loss), found

    def hinge(self, scores: Any) -> tuple[Any, Any]:
        """The mean of max(0, 1 - y s), and δ of the output."""
        slack = 1 - self.targets * scores[:, 0]
        delta = numpy.where(slack > 0, self.targets * (-1 / len(slack)), 0)
        return numpy.maximum(slack, 0).mean(), delta[:, None]

    def cross_entropy(self, logits: Any) -> tuple[Any, Any]:
        """The mean of -log softmax at the class, and δ of the output: softmax - target."""
        shifted = logits - logits.max(axis=1, keepdims=True)
        exponentials = numpy.exp(shifted)
        sums = exponentials.sum(axis=1, keepdims=True)
        n = len(logits)
        loss = (numpy.log(sums).sum() - numpy.vdot(self.targets, shifted)) / n
        return loss, (exponentials / sums - self.targets) / n


# --- into buffers ------------------------------------------------------------------------------------------------


class Buffered:
    """All parameters and all gradients in one vector each, every intermediate in an array of its own that is used again."""

    def __init__(self, workload: Workload):
        self.X, self.targets, self.lr, self.alpha = workload.X, workload.targets, workload.lr, workload.alpha
        shapes = [(W.shape[1], W.shape[0]) for W in workload.weights]
        size = sum(n_in * n_out + n_out for n_in, n_out in shapes)
        self.parameters, self.gradient, self.scratch = numpy.empty(size), numpy.empty(size), numpy.empty(size)
        self.W, self.b = self._views(self.parameters, shapes)
        self.dW, self.db = self._views(self.gradient, shapes)
        for mine, given in zip((*self.W, *self.b), (*(W.T for W in workload.weights), *workload.biases), strict=True):
            mine[:] = given
        n = len(self.X)
        self.ones = numpy.ones(n)
        self.Z = [self.X, *(numpy.empty((n, n_out)) for _, n_out in shapes)]
        self.delta = [numpy.empty((n, n_out)) for _, n_out in shapes]
        self.sign = [numpy.empty((n, n_out)) for _, n_out in shapes]
        self.column, self.row = numpy.empty((n, 1)), numpy.empty(n)
        self.loss_and_delta = {"hinge": self.hinge, "cross_entropy": self.cross_entropy}[workload.loss]

    @staticmethod
    def _views(vector: Any, shapes: list[tuple[int, int]]) -> tuple[list[Any], list[Any]]:
        W, b, start = [], [], 0
        for n_in, n_out in shapes:
            W.append(vector[start : start + n_in * n_out].reshape(n_in, n_out))
            b.append(vector[start + n_in * n_out : start + (n_in + 1) * n_out])
            start += (n_in + 1) * n_out
        return W, b

    def __call__(self) -> float:
        loss = self.gradients()
        numpy.multiply(self.gradient, self.lr, out=self.scratch)
        numpy.subtract(self.parameters, self.scratch, out=self.parameters)
        return loss

    def gradients(self) -> float:
        """The loss; the gradients are in `gradient`."""
        last = len(self.W) - 1
        for k, (W, b) in enumerate(zip(self.W, self.b, strict=True)):
            Z = self.Z[k + 1]
            numpy.matmul(self.Z[k], W, out=Z)
            numpy.add(Z, b, out=Z)
            if k < last:
                numpy.maximum(Z, 0, out=Z)
        loss = self.loss_and_delta(self.Z[-1], self.delta[-1])
        for k in range(last, -1, -1):
            numpy.matmul(self.Z[k].T, self.delta[k], out=self.dW[k])
            numpy.matmul(self.ones, self.delta[k], out=self.db[k])
            if k:
                numpy.matmul(self.delta[k], self.W[k].T, out=self.delta[k - 1])
                numpy.sign(self.Z[k], out=self.sign[k - 1])  # 1 where relu was open, as floats: no mask to convert
                numpy.multiply(self.delta[k - 1], self.sign[k - 1], out=self.delta[k - 1])
        if self.alpha:
            numpy.multiply(self.parameters, 2 * self.alpha, out=self.scratch)
            numpy.add(self.gradient, self.scratch, out=self.gradient)
            loss += self.alpha * float(numpy.vdot(self.parameters, self.parameters))
        return loss

    def hinge(self, scores: Any, delta: Any) -> float:
        """The mean of max(0, 1 - y s); δ of the output goes into its buffer."""
        scores, delta, slack = scores[:, 0], delta[:, 0], self.row
        numpy.multiply(self.targets, scores, out=slack)
        numpy.subtract(1, slack, out=slack)
        numpy.maximum(slack, 0, out=slack)
        numpy.sign(slack, out=delta)
        numpy.multiply(delta, self.targets, out=delta)
        numpy.multiply(delta, -1 / len(slack), out=delta)
        return float(numpy.dot(self.ones, slack)) / len(slack)

    def cross_entropy(self, logits: Any, delta: Any) -> float:
        """The mean of -log softmax at the class; δ of the output goes into its buffer."""
        column, n = self.column, len(logits)
        numpy.max(logits, axis=1, keepdims=True, out=column)
        numpy.subtract(logits, column, out=logits)
        numpy.exp(logits, out=delta)
        numpy.sum(delta, axis=1, keepdims=True, out=column)
        numpy.divide(delta, column, out=delta)
        numpy.subtract(delta, self.targets, out=delta)
        numpy.multiply(delta, 1 / n, out=delta)
        numpy.log(column, out=column)
        return float(numpy.dot(self.ones, column[:, 0]) - numpy.vdot(self.targets, logits)) / n


def plainly(workload: Workload) -> dict[str, Step]:
    """The plain form."""
    return {"": Plain(workload)}


def into_buffers(workload: Workload) -> dict[str, Step]:
    """The form that allocates nothing."""
    return {"": Buffered(workload)}
