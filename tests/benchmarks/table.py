"""The table that `make bench` prints: what was measured, its bar, and the same done barely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTHS = (58, 12, 14, 8, 12)


@dataclass(frozen=True, slots=True)
class Row:
    """A number and its unit. `bar` is the most that it may be, or the least where `at_least`; None: it is only
    reported. `bare` is what a bare baseline needed in the same run."""

    what: str
    value: float
    unit: str
    bar: float | None = None
    bare: float | None = None
    at_least: bool = False

    def is_met(self) -> bool:
        """Whether the bar is met; one that is not there is."""
        return self.bar is None or (self.value >= self.bar if self.at_least else self.value <= self.bar)

    def cells(self) -> tuple[str, ...]:
        """What stands in the table's columns."""
        side = "at least" if self.at_least else "at most"
        bar = "" if self.bar is None else f"{side} {self.bar:g}"
        verdict = "" if self.bar is None else "met" if self.is_met() else "MISSED"
        bare = "" if self.bare is None else f"{self.bare:.2f}"
        return self.what, f"{self.value:.2f} {self.unit}", bar, verdict, bare


HEAD = ("measured", "here", "bar", "", "bare")


def show(cells: Sequence[str]) -> str:
    """One line of the table."""
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def at_percent(values: Sequence[float], percent: int) -> float:
    """The smallest of the values that so many percent of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
