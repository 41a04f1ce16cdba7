"""The engine, to be read in this order; each file rests on earlier ones only.

- `ieee`: numbers as IEEE 754 has them, and fractions
- `grammar`: the text of a formula, and how tightly its operators bind
- `dialects`: formulas as trees, the one way to walk them, and how they are written as code
- `operations`: the table: the value and the local derivatives of each operation, as formulas
- `recording`: what a new node belongs to, and whether it is recorded
- `order`: parents before children
- `careful`: the backward pass, and whatever else needs care at infinities and fractions
- `copying`: graphs copied and pickled
- `specialised`: operators written out from their formulas; speed, and nothing else
- `value`: class Value, with everything that a Value can do
- `names`: labels, and a name for every node
- `replaying`: a graph computed again with other numbers
- `functions`: exp, tanh, maximum, …; `define`
- `derivatives`: gradients as results, also of gradients; forward mode
"""
