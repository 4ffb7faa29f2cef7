"""Sizes for people. Pure."""

from __future__ import annotations


def readable(count: int, language: str = "en") -> str:
    """`603 MB`, `2.6 GB`; in French `603 Mo`, `2,6 Go`. Decimal, as disks are sold."""
    letter = "o" if language == "fr" else "B"
    if count < 1_000_000:
        return f"{max(0, count) / 1e3:.0f} k{letter}"
    if count < 1_000_000_000:
        return f"{count / 1e6:.{1 if count < 10_000_000 else 0}f} M{letter}".replace(
            ".", "," if language == "fr" else "."
        )
    return f"{count / 1e9:.1f} G{letter}".replace(".", "," if language == "fr" else ".")
