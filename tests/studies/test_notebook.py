"""The study's notebook: valid in form, empty of outputs, and running from top to bottom on what it paints itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "docs" / "studies" / "segmentation.ipynb"
RUN = """
import json, sys
cells = json.load(open(sys.argv[1], encoding="utf-8"))["cells"]
world = {"__name__": "__main__"}
for number, cell in enumerate(cells):
    if cell["cell_type"] == "code":
        print("-- cell", number, flush=True)
        exec(compile("".join(cell["source"]), f"cell {number}", "exec"), world)
"""


def cells() -> list[dict[str, object]]:
    """The cells of the notebook."""
    found: list[dict[str, object]] = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return found


def test_it_is_a_notebook_of_form_4() -> None:
    """Any notebook program opens it: form 4.5, a kernel, cells with ids of their own, of the two kinds."""
    book = json.loads(NOTEBOOK.read_text("utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    assert set(book) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    ids = [cell["id"] for cell in book["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in book["cells"]:
        expected = {"cell_type", "id", "metadata", "source"}
        assert set(cell) == expected | ({"execution_count", "outputs"} if cell["cell_type"] == "code" else set())
        assert cell["cell_type"] in {"code", "markdown"}
        assert all(isinstance(line, str) for line in cell["source"])


def test_it_carries_no_outputs() -> None:
    """Nothing of anybody's machine or pictures comes along, and changes stay readable."""
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells() if "outputs" in cell)
    assert NOTEBOOK.stat().st_size < 30_000


@pytest.mark.timeout(900)
def test_it_runs_from_top_to_bottom(tmp_path: Path) -> None:
    """Every cell in order in a fresh Python, in an empty folder: it ends well, trains to the end and leaves nothing behind."""
    held = tmp_path / "held"
    held.mkdir()
    told = subprocess.run(
        [sys.executable, "-c", RUN, str(NOTEBOOK)], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT / "daemon"), "TMPDIR": str(held), "HOME": str(tmp_path), "OMP_NUM_THREADS": "1",
             "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-3000:]
    assert "finished: True" in told.stdout
    assert "miou" in told.stdout
    assert {path.name for path in tmp_path.iterdir()} <= {"held", ".cache"}
