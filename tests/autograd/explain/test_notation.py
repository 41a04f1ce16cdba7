"""Notations: five tables from role to symbol, the traps between them, and tables of one's own."""

import re

import pytest

from autograd.explain.notation import DIALECTS, ROLES, Notation, as_latex


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialect_gives_every_role_a_symbol_and_no_symbol_two_roles(name):
    """Section D of the inventory, columns D0 to D4; roles of the last layer may share the symbol of the others."""
    notation = Notation(name)
    owners = {}
    for role in ROLES:
        owners.setdefault(notation.symbol(role, 1), set()).add(role.removeprefix("output_"))
    assert all(len(roles) == 1 or roles == {"weights", "weight"} for roles in owners.values()), owners


@pytest.mark.parametrize(
    ("name", "role", "arguments", "text", "latex"),
    [
        ("delta", "weight", (1, 2, 3), "w₂₃⁽¹⁾", "w_{23}^{(1)}"),
        ("delta", "bias", (2, 1), "w₁₀⁽²⁾", "w_{10}^{(2)}"),
        ("delta", "error", (12,), "δ⁽¹²⁾", r"\delta^{(12)}"),
        ("delta", "weight", (1, 2, 13), "w_2,13⁽¹⁾", "w_{2,13}^{(1)}"),
        ("delta", "output", (), "ŷ", r"\hat{y}"),
        ("bishop", "activation", (1, 4), "z₄⁽¹⁾", "z_{4}^{(1)}"),
        ("bishop", "weights_gradient", (2,), "∂E/∂W⁽²⁾", r"\frac{\partial E}{\partial W^{(2)}}"),
        ("murphy", "weights", (1,), "V₁", "V_{1}"),
        ("murphy", "output_weights", (2,), "w", "w"),
        ("murphy", "output_bias", (2,), "w₀", "w_{0}"),
        ("murphy", "weight", (1, 2, 3), "v₁,₂₃", "v_{1,23}"),
        ("murphy", "weight", (1, 2, 13), "v_1,2,13", "v_{1,2,13}"),
        ("ng", "error", (2,), "dZ^[2]", "dZ^{[2]}"),
        ("ng", "weight", (1, 2, 3), "w₂₃^[1]", "w_{23}^{[1]}"),
        ("dY", "error", (1,), "dY₁⊙g′(z₁)", r"dY_{1} \odot g'(z_{1})"),
    ],
)
def test_symbols_are_those_of_the_lectures(name, role, arguments, text, latex):
    """D0-07, D0-21, D1-19, D2-08, D2-11, D3-05, D4-10."""
    assert Notation(name).symbol(role, *arguments) == text and Notation(name).latex(role, *arguments) == latex


@pytest.mark.parametrize("name", DIALECTS)
def test_latex_is_balanced_and_has_no_letters_that_latex_does_not_know(name):
    for role in ROLES:
        for arguments in ((), (1,), (2, 3), (2, 3, 11)):
            latex = Notation(name).latex(role, *arguments)
            assert latex.count("{") == latex.count("}") and latex.isascii(), latex
            assert not re.search(r"\}[_^]\{[^}]*\}[_^]\{[^}]*\}[_^]|\}_\{[^}]*\}_|\}\^\{[^}]*\}\^", latex), f"two marks of a kind: {latex}"


def test_letters_that_swap_their_meaning_are_traps():
    """The first trap of section D: a and z between D0, D1, D2 and D3; y between D0 and D1."""
    swapped = {(trap.symbol, trap.here, trap.there) for trap in Notation("delta").traps("ng")}
    assert swapped == {("a", "pre_activation", "activation"), ("z", "activation", "pre_activation")}
    assert ("y", "target", "output") in Notation("delta").traps("bishop")
    assert Notation("delta").traps("delta") == []


def test_word_for_the_pre_activation_is_a_trap():
    """The second trap of section D: "activación" is the pre-activation in D1 and the output in D0."""
    (trap,) = [trap for trap in Notation("bishop").traps("delta") if "word" in trap.symbol]
    assert (trap.here, trap.there) == ("pre_activation", "activation") and 'the word "activation" is the pre-activation' in str(trap)


def test_a_notation_of_ones_own_changes_some_symbols_of_another():
    own = Notation("mine", like="ng", weights="Θ", loss="C")
    assert own.symbol("weights", 2) == "Θ^[2]" and own.latex("weights", 2) == r"\Theta^{[2]}" and own.symbol("loss") == "C"
    assert own.symbol("error", 1) == "dZ^[1]" and own.scaled_error
    assert Notation("cost", like="delta", loss="C").symbol("weights_gradient", 1) == "∂C/∂W⁽¹⁾"
    assert Notation("rows", like=own, examples="rows").examples == "rows" and Notation.of(own) is own
    assert Notation("plain", activation="s").symbol("activation", 1) == "s⁽¹⁾", 'without "like" it is like "delta"'


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Notation("detla"), "did you mean delta"),
        (lambda: Notation("mine", like="nq"), "did you mean ng"),
        (lambda: Notation("mine", like="ng", wieghts="Θ"), "did you mean weights"),
        (lambda: Notation("mine", like="ng", weights="A"), "both the activation .* and the weights"),
        (lambda: Notation("mine", weights=""), "not empty"),
        (lambda: Notation("ng", weights="Θ"), "name of a dialect"),
        (lambda: Notation("mine", layers="roman"), "layers is one of"),
        (lambda: Notation("mine", examples="diagonal"), "columns"),
        (lambda: Notation("delta").symbol("wieght"), "did you mean weight"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_notation_does_not_change():
    with pytest.raises(AttributeError, match="make another one"):
        Notation("ng").name = "other"
    with pytest.raises(TypeError):
        Notation("ng").symbols["weights"] = "Θ"
    assert Notation("ng") == Notation("ng") != Notation("delta") and len({Notation("ng"), Notation("ng")}) == 1


def test_symbols_can_be_typed_without_special_keys():
    assert {"δ⁽¹⁾", "delta1", "delta^(1)", "δ1"} <= set(Notation("delta").spellings("error", 1))
    assert "dL/dW1" in Notation("delta").spellings("weights_gradient", 1) and "dW^[2]" in Notation("ng").spellings("weights_gradient", 2)


def test_formulas_become_latex():
    assert as_latex("W⁽²⁾ᵀ δ⁽²⁾ ⊙ h′(a⁽¹⁾)") == r"W^{(2)\top} \delta^{(2)} \odot h'(a^{(1)})"
