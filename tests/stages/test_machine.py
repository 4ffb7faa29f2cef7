"""What is read off a machine, and what is concluded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from safelight.stages.machine import holds, memory_left, number_type, out_of_memory, processor_flags, turn


@pytest.mark.parametrize(
    ("flags", "kind"),
    [("fpu avx2 fma", "float32"), ("avx2 amx_bf16 amx_tile", "bfloat16"), ("avx512f avx512_bf16", "bfloat16"), ("", "float32")],
)  # fmt: skip
def test_sixteen_bits_only_where_they_win(tmp_path: Path, flags: str, kind: str) -> None:
    """Without the instructions 16 bit is slower."""
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: {flags}\n")
    assert number_type(processor_flags(tmp_path / "cpuinfo")) == kind


def test_a_system_that_tells_nothing(tmp_path: Path) -> None:
    """No such files: nothing is known, and nothing is forbidden."""
    assert processor_flags(tmp_path / "none") == frozenset()
    assert memory_left(tmp_path / "none") == 0
    assert holds(10**12, 0)


def test_memory_that_is_left(tmp_path: Path) -> None:
    """What the kernel calls available."""
    (tmp_path / "meminfo").write_text("MemTotal:  24000000 kB\nMemFree: 1 kB\nMemAvailable:    3000000 kB\n")
    left = memory_left(tmp_path / "meminfo")
    assert left == 3_072_000_000
    assert not holds(left + 1, left)
    assert holds(left, left)


@pytest.mark.parametrize(
    ("fault", "is_it"),
    [
        (MemoryError(), True),
        (RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
    ],
)
def test_how_the_end_of_memory_looks(fault: BaseException, is_it: bool) -> None:
    """Libraries say it each in their way."""
    assert out_of_memory(fault) == is_it


HOLD = """
import fcntl, os, sys
handle = os.open(sys.argv[1], os.O_RDONLY)
fcntl.flock(handle, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_one_after_the_other(tmp_path: Path) -> None:
    """While another process has its turn one waits and says so; when that one dies it is one's turn."""
    file = tmp_path / "weights"
    file.write_bytes(b"x")
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        told: list[int] = []

        def waiting() -> None:
            told.append(1)
            if len(told) == 3:
                other.kill()

        with turn(file, waiting, 0.01):
            assert len(told) >= 3
    with turn(tmp_path / "gone", lambda: None):
        pass
