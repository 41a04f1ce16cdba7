"""What a picture of a graph shows, as plain records, and how a graph is read into them. Where it stands is `layout`'s, how it looks `output`'s."""
