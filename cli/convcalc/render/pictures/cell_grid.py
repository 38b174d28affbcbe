"""The cells of a terminal, in which characters are put one by one."""

from __future__ import annotations

from ...text.cells import columns_of


class CellGrid:
    def __init__(self, width: int, height: int) -> None:
        self.rows = [[" "] * width for _ in range(height)]

    def text(self, x: int, y: int, text: str) -> None:
        """Text from a cell on. A wide character leaves the cell behind it empty."""
        row = self.rows[y]
        for character in text:
            wide = columns_of(character)
            if wide == 0:
                row[x - 1] += character
                continue
            row[x : x + wide] = [character, *[""] * (wide - 1)]
            x += wide
