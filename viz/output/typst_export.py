"""Our SVG as PNG or PDF. Typst does the work: its fonts and its renderer come with it."""

_PAGE = b'#set page(width: auto, height: auto, margin: 0pt, fill: none)\n#image(bytes(sys.inputs.svg), format: "svg")\n'


def converted(svg: str, kind: str) -> bytes:
    """An SVG document as "png" (two dots for each of its pixels) or "pdf" (one page, with text that can be selected).

    Colours must be written out in the SVG. Raises ImportError, with what to do, where typst is not installed.
    """
    try:
        import typst
    except ImportError:
        raise ImportError(f'{kind.upper()} needs one more package; run `pip install "chalkgrad[export]"`, or save as .svg') from None
    inputs = {"svg": svg}
    if kind == "png":
        return bytes(typst.compile(_PAGE, format="png", ppi=192.0, sys_inputs=inputs))
    return bytes(typst.compile(_PAGE, format="pdf", timestamp=0, sys_inputs=inputs))
