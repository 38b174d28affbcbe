"""Numbers of a source in the language's notation, without binary fractions in between."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

_LONGEST = 40  # characters


def decimal_text(text: str) -> str:
    """`.1` and `1e-1` as `0.1`; raises ValueError for what is no number, or a very long one."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not number.is_finite() or abs(number.adjusted()) > _LONGEST or len(text) > _LONGEST:
        raise ValueError(text)
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
