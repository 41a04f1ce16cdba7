"""How a picture looks: as SVG in four themes, as DOT, as PNG and PDF. Rests on the records of `picture` and the places of `layout`."""
