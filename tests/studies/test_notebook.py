"""The studies' notebooks: valid in form, empty of outputs, and running from top to bottom on what they paint themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STUDIES = ROOT / "docs" / "studies"
NOTEBOOKS = ("segmentation", "pipeline")
RUN = """
import json, sys
cells = json.load(open(sys.argv[1], encoding="utf-8"))["cells"]
world = {"__name__": "__main__"}
for number, cell in enumerate(cells):
    if cell["cell_type"] == "code":
        print("-- cell", number, flush=True)
        exec(compile("".join(cell["source"]), f"cell {number}", "exec"), world)
"""


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_is_a_notebook_of_form_4(name: str) -> None:
    """Any notebook program opens it: form 4.5, a kernel, cells with ids of their own, of the two kinds."""
    book = json.loads((STUDIES / f"{name}.ipynb").read_text("utf-8"))
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


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_carries_no_outputs(name: str) -> None:
    """Nothing of anybody's machine or pictures comes along, and changes stay readable."""
    path = STUDIES / f"{name}.ipynb"
    cells = json.loads(path.read_text("utf-8"))["cells"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells if "outputs" in cell)
    assert path.stat().st_size < 30_000


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("segmentation", ("finished: True", "miou")),
        (
            "pipeline",
            ("finished: True", "because of", "pixels changed more than 16 pixels from the mask: 0.00%", "backend: "),
        ),
    ],
)
def test_it_runs_from_top_to_bottom(tmp_path: Path, name: str, expected: tuple[str, ...]) -> None:
    """Every cell in order in a fresh Python, in an empty folder: it ends well, says what it must and leaves nothing behind."""
    held = tmp_path / "held"
    held.mkdir()
    told = subprocess.run(
        [sys.executable, "-c", RUN, str(STUDIES / f"{name}.ipynb")], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT / "daemon"), "TMPDIR": str(held), "HOME": str(tmp_path), "OMP_NUM_THREADS": "1",
             "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-3000:]
    assert all(words in told.stdout for words in expected), told.stdout
    assert {path.name for path in tmp_path.iterdir()} <= {"held", ".cache"}


def test_the_first_cell_installs_what_is_missing(tmp_path: Path) -> None:
    """Where Safelight is not installed and not around, the first cell says what to write; in a copy it installs that copy."""
    cells = json.loads((STUDIES / "pipeline.ipynb").read_text("utf-8"))["cells"]
    first = next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    blind = "import importlib.util\nimportlib.util.find_spec = lambda name: None\n"
    heard = "import subprocess\nsubprocess.run = lambda words, check: print(words[-1], check)\n"
    alone = subprocess.run(
        [sys.executable, "-c", blind + first], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert alone.returncode == 1 and "REPOSITORY" in alone.stderr and "Traceback" not in alone.stderr
    inside = subprocess.run(
        [sys.executable, "-c", blind + heard + first], cwd=STUDIES, capture_output=True, text=True, check=False
    )
    assert inside.stdout.split() == [str(ROOT), "True"], inside.stderr
    named = first.replace('REPOSITORY = ""', 'REPOSITORY = "ssh://example.test/repository"')
    away = subprocess.run(
        [sys.executable, "-c", blind + heard + named], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert away.stdout.split() == ["git+ssh://example.test/repository", "True"], away.stderr
