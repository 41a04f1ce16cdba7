"""Pictures in the languages that there are: nothing of them stays English."""

import re
import xml.etree.ElementTree as ET

import pytest

from autograd import examples
from autograd.explain.languages import languages
from nn import MLP
from viz import draw, network, show_paths

from .graphs import worked

ENGLISH = re.compile(r"\b(from|to|the|paths?|gradient|derivative|layer|weight|units?|nodes?|graph|leaves|more|values)\b")


def texts(drawing):
    return [element.text for element in ET.fromstring(drawing.svg).iter() if element.text and not element.tag.endswith("style")]


def pictures(lang):
    """A picture of each kind, of each state of gradients."""
    E = examples.mazur()
    yield draw(E, lang=lang)
    E.backward()
    yield draw(E, lang=lang)
    yield draw(E, fold=True, lang=lang)
    E.backward()
    yield draw(E, fold=False, lang=lang)
    yield draw(worked("micrograd_readme"), fold=False, lang=lang)
    yield show_paths(E, "b1", lang=lang)
    yield show_paths(worked("micrograd_readme"), "a", lang=lang)
    model = MLP(2, [12, 1], "tanh", rng=0)
    yield network(model, lang=lang)
    yield network(model, [0.1, 0.2], y=1.0, loss="mse", lang=lang)


@pytest.mark.parametrize("lang", [lang for lang in languages() if lang != "en"])
def test_no_picture_speaks_english_in_another_language(lang):
    # The names of scopes are the user's own.
    said = [text for drawing in pictures(lang) for text in [*texts(drawing), drawing.text] if text not in ("hidden layer", "output layer")]
    english = [text for text in said if ENGLISH.search(re.sub(r"hidden layer|output layer|zero_grad\(\)|\.grad\b", "", text))]
    assert not english, english[:5]


@pytest.mark.parametrize("kind", [draw, lambda y, lang: show_paths(y, "b", lang=lang), lambda y, lang: network(MLP(2, [1]), lang=lang)])
def test_a_language_that_there_is_not_is_refused(kind):
    with pytest.raises(ValueError, match='no words for the language "xx"'):
        kind(examples.J(), lang="xx")
