"""Reads an equation of arrays as it is printed, and computes its right side: a reader that shares no code with the writer."""

import re

import numpy

from autograd.engine.operations import TABLE

SIGN = re.compile(
    r"\s*(\d+(?:\.\d+)?(?:e-?\d+)?(?:/\(\d+ n\)|/\d+)?(?:/n)?(?![\d.])ᵀ?|[A-Za-zσ]+′?[⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾]*(?:\^\[\d+\])?[₀-₉]*\d*|Σₖ|maxₖ|\^\(|if|else|[⊙²ᵀ√+\-/()\[\]{}|,;<>≤≥=Σ])"
)


class Equation:
    """The right side of a step, with its arrays as they are printed with so many digits."""

    def __init__(self, steps, step, digits):
        self.n, self.axis = steps.examples, 0 if steps.notation.examples == "columns" else 1
        self.functions, self.tokens, self.at = steps.functions, [], 0
        for part in step.parts:
            if part.name:
                array = numpy.array([[float(text) for text in row] for row in steps[part.name].texts(digits)])
                self.tokens.append(array.T if part.transposed else array)
            else:
                text, place = part.text.rstrip(), 0
                while place < len(text):
                    match = SIGN.match(text, place)
                    assert match, f"cannot read {text[place:]!r} in {step.equation}"
                    self.tokens.append(match[1])
                    place = match.end()

    def value(self):
        found = self.sum()
        assert self.at == len(self.tokens), self.tokens[self.at :]
        return found

    def next(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def is_next(self, *signs):
        return isinstance(self.next(), str) and self.next() in signs

    def take(self, *signs):
        token = self.next()
        assert not signs or self.is_next(*signs), (token, signs, self.tokens)
        self.at += 1
        return token

    def sum(self):
        found = -self.product() if self.is_next("-") and self.take() else self.product()
        while self.is_next("+", "-"):
            found = found + self.product() if self.take() == "+" else found - self.product()
        return found

    def product(self):
        """Factors from left to right; 1 is a column of ones, 1ᵀ a row of them, where no sign stands before it."""
        if self.is_next("1ᵀ") and self.take():
            return self.factor().sum(axis=0, keepdims=True) if self.starts_a_factor() else numpy.ones((1, self.n))
        is_one = self.is_next("1")
        found = self.factor()
        if is_one and self.starts_a_factor() and not self.is_next("1ᵀ"):
            found = self.factor()
            assert found.shape[0] == 1
        while self.is_next("⊙", "/") or self.starts_a_factor():
            if self.is_next("⊙", "/"):
                found = found * self.right() if self.take() == "⊙" else found / self.right()
            elif self.is_next("1ᵀ"):
                self.take()
                assert numpy.size(found) == 1 or found.shape[1] == 1
                found = found * numpy.ones((1, self.n if self.axis == 0 else 1))
            elif self.is_next("1"):
                self.take()
                ones = numpy.ones((self.n if self.axis == 1 else 1, 1))
                found = found * ones if numpy.size(found) == 1 else found.sum(axis=1, keepdims=True)
            else:
                other = self.factor()
                found = found * other if numpy.size(found) == 1 or numpy.size(other) == 1 else found @ other
        return found

    def right(self):
        """What stands after ⊙ or /: ones may be on either side of it."""
        following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else ""
        if self.is_next("1") and (not isinstance(following, str) or following == "("):
            self.take()
        found = self.factor()
        if self.is_next("1ᵀ"):
            self.take()
        return found

    def starts_a_factor(self):
        token = self.next()
        return not isinstance(token, str) or (token != "" and (token[0].isalnum() or token[0] in "Σ({σ√") and token not in ("if", "else"))

    def factor(self):
        found = self.primary()
        while self.is_next("²", "^(", "[", "ᵀ"):
            sign = self.take()
            if sign == "²":
                found = found**2
            elif sign == "ᵀ":
                found = found.T
            elif sign == "^(":
                found = found ** self.sum()
                self.take(")")
            else:
                places = [[int(self.take())]]
                while self.is_next(",", ";"):
                    places += [[]] * (self.take() == ";")
                    places[-1] = [*places[-1], int(self.take())]
                self.take("]")
                found = self.chosen(found, numpy.array(places))
        return found

    def primary(self):
        token = self.take()
        if not isinstance(token, str):
            return token
        if token[0].isdigit():
            return numpy.float64(eval(re.sub(r"(\d) n", r"\1 * n", token), {"n": self.n}))
        if token == "n":
            return numpy.float64(self.n)
        if token == "(":
            found = self.sum()
            self.take(")")
            return found
        if token == "|":
            found = self.sum()
            self.take("|")
            return abs(found)
        if token == "Σₖ":
            return self.product().sum(axis=self.axis, keepdims=True)
        if token == "Σ":
            return self.product().sum(keepdims=True)
        if token == "{":
            yes = self.sum()
            self.take("if")
            condition = self.condition()
            self.take(",")
            self.take("else")
            no = self.sum()
            self.take("}")
            return numpy.where(condition, yes, no)
        self.take("(")
        operands = [self.sum()]
        while self.is_next(","):
            self.take()
            operands.append(self.sum())
        self.take(")")
        return self.called(token, operands)

    def chosen(self, array, places):
        """Entries of a vector, or rows (columns, where examples are rows) of a matrix; 0 stands for what is 0."""
        if 1 in array.shape:
            return numpy.concatenate([[0.0], array.ravel()])[places]
        rows = array if self.axis == 0 else array.T
        rows = numpy.vstack([0 * rows[:1], rows])[places.ravel()]
        return rows if self.axis == 0 else rows.T

    def condition(self):
        left = self.sum()
        sign = self.take("<", ">", "≤", "≥", "=")
        names = {"<": numpy.less, ">": numpy.greater, "≤": numpy.less_equal, "≥": numpy.greater_equal, "=": numpy.equal}
        return names[sign](left, self.sum())

    def called(self, name, operands):
        if name == "softmax":
            powers = numpy.exp(operands[0] - operands[0].max(axis=self.axis, keepdims=True))
            return powers / powers.sum(axis=self.axis, keepdims=True)
        if name == "logsumexp":
            return numpy.logaddexp.reduce(operands[0], axis=self.axis, keepdims=True)
        if name in ("max", "min"):
            return (numpy.maximum if name == "max" else numpy.minimum)(*operands)
        is_slope, entry = "′" in name, TABLE[{"σ": "sigmoid"}.get(name, self.functions.get(name.replace("′", ""), name))]
        more = {"leaky_relu": [0.01], "elu": [1.0]}.get(entry.name, [])
        at = numpy.broadcast_arrays(*operands)

        def one(*numbers):
            numbers = [*map(float, numbers), *more[: len(entry.letters) - len(numbers)]]
            y = entry.at(numbers)
            return float(entry.partials_at(numbers, y)[0] if is_slope else y)

        return numpy.vectorize(one, otypes=[float])(*at)
