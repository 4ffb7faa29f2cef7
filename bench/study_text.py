"""What the texts of all studies share: tables, differences, and the parts that are made from results and never typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """As Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def points(value: float) -> str:
    """A difference in points of a hundred, with its sign."""
    return f"{100 * value:+.1f}".replace("-", "−")


def filled(text: str, made: Mapping[str, Callable[[Any], str]], results: Any) -> str:
    """The text with every part between `<!-- made: NAME -->` and `<!-- end -->` made anew; KeyError for one nobody makes."""
    return re.sub(
        r"<!-- made: (\w+) -->\n.*?<!-- end -->",
        lambda found: f"<!-- made: {found[1]} -->\n{made[found[1]](results)}\n\n<!-- end -->",
        text, flags=re.DOTALL,
    )  # fmt: skip
