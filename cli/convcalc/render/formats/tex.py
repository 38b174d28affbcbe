"""Texts for LaTeX, whatever is in them."""

from ...text.escape import visible

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "^": r"\textasciicircum{}",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "%": r"\%",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{\char34}",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "→": r"$\to$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
    "–": "--",
    "−": "$-$",
    "…": r"\dots{}",
    "✓": r"$\surd$",
    "✗": r"$\times$",
    "Δ": r"$\Delta$",
}


def escaped(text: str) -> str:
    """The text, escaped for a place outside of formulas."""
    return "".join(_ESCAPES.get(character, character) for character in visible(text))
