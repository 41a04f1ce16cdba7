"""The practice log that the page of a step-through lets a student copy: a text for people, read back as records."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ..explain.languages import languages, templates
from .answers import shown

OUTCOMES = ("first", "later", "hint", "shown", "open")
BETWEEN = " | "


@dataclass(frozen=True)
class Practice:
    """One question and how it was answered.

    `outcome` is "first" (right at once), "later" (right in the end), "hint" (right after a hint), "shown", or "open";
    `hints` is how many hints were given, 0 to 3; `slips` are the wrong answers as typed, each with the code of the
    misconception that it can come from: "FOLLOWS" where it is right with an earlier wrong answer, "UNEXPLAINED" where
    nothing explains it.
    """

    question: str
    outcome: str
    hints: int = 0
    slips: tuple[tuple[str, str], ...] = ()


def practice_log(text: str) -> tuple[Practice, ...]:
    """The records of a practice log, as it is copied from the page of a step-through in any language.

    Lines that are not of the log, such as its title or a name, are left out. Several logs may stand in one text.
    Raises TypeError for what is no text, and ValueError where no line of it is of a log, or one that is is damaged.

    >>> for one in practice_log("J: practice log\\n∂J/∂b | right after a hint | hints 2 | 9 OWN_OPERAND\\n∂J/∂c | shown"):
    ...     print(one)
    Practice(question='∂J/∂b', outcome='hint', hints=2, slips=(('9', 'OWN_OPERAND'),))
    Practice(question='∂J/∂c', outcome='shown', hints=0, slips=())
    """
    if not isinstance(text, str):
        raise TypeError(f"a practice log is a text, as it is copied from the page, not {type(text).__name__}")
    found = tuple(_records(text))
    if not found:
        raise ValueError('this is no practice log; copy it from the tab "Practice" of a step-through')
    return found


def _records(text: str) -> Iterator[Practice]:
    outcomes, hints = _words()
    for line in text.splitlines():
        fields = line.strip().split(BETWEEN)
        place = next((k for k in range(len(fields) - 1, 0, -1) if fields[k] in outcomes), 0)  # a label may have bars in it
        if not place:
            continue
        given = 0
        slips: list[tuple[str, str]] = []
        for field in fields[place + 1 :]:
            word, _, rest = field.rpartition(" ")
            if not slips and word in hints and rest in ("1", "2", "3"):
                given = int(rest)
            elif word and rest.isidentifier() and rest.isupper():
                slips.append((word, rest))
            else:
                raise ValueError(f'"{shown(field)}" is neither hints nor a wrong answer with its code, in the line "{shown(line.strip())}"')
        yield Practice(BETWEEN.join(fields[:place]), outcomes[fields[place]], given, tuple(slips))


@cache
def _words() -> tuple[dict[str, str], frozenset[str]]:
    """The words of the log in every language: those for each outcome, and those for hints."""
    known = [templates(lang) for lang in languages()]
    outcomes = {words[f"log.{outcome}"]: outcome for words in known for outcome in OUTCOMES}
    return outcomes, frozenset(words["log.hints"] for words in known)
