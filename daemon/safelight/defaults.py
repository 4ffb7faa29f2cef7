"""Where the defaults that come with the package are: rule files, styles of our own drawing, templates.

In an installed wheel they lie inside the package (`safelight/defaults/`); in a checkout at its top level.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The default `rules` or `templates` folder."""
    inside = _PACKAGE / "defaults" / name
    return inside if inside.is_dir() else _PACKAGE.parents[1] / name
