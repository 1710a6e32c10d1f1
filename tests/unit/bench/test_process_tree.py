"""A product weighs what all of its processes weigh, wherever they hide."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.process_tree import weigh_tree

HEAVY_MB = 40
GRANDCHILD = f"""
import sys
ballast = bytearray(b'x') * ({HEAVY_MB} << 20)
print('ready', flush=True)
sys.stdin.read()
"""
IN_ITS_OWN_SESSION = """
import subprocess, sys
child = subprocess.Popen([sys.executable, '-ISc', sys.argv[1]], start_new_session=True)
child.wait()
print('waited', flush=True)
sys.stdin.read()
"""
BUSY = """
import time
while time.process_time() < 0.15:
    pass
print('done', flush=True)
"""


@contextmanager
def parent_of(script: str) -> Iterator["subprocess.Popen[str]"]:
    """A process whose child runs the script in a session of its own; both end with its input."""
    with subprocess.Popen(
        [sys.executable, "-ISc", IN_ITS_OWN_SESSION, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


def heard(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_child_in_a_session_of_its_own_is_weighed_too() -> None:
    with parent_of(GRANDCHILD) as process:
        assert heard(process) == "ready"

        weight = weigh_tree(process.pid)

        assert weight.processes == 2
        assert weight.children_bytes[0] > HEAVY_MB << 20
        assert weight.memory_bytes == weight.own_bytes + weight.children_bytes[0]
        assert 0 < weight.own_bytes < HEAVY_MB << 20


def test_a_child_that_ended_and_was_waited_for_keeps_its_seconds() -> None:
    with parent_of(BUSY) as process:
        assert (heard(process), heard(process)) == ("done", "waited")

        weight = weigh_tree(process.pid)

        assert weight.processes == 1
        assert weight.cpu_s >= 0.14


def test_a_process_that_is_gone_weighs_nothing() -> None:
    with parent_of(BUSY) as process:
        pass

    weight = weigh_tree(process.pid)

    assert (weight.memory_bytes, weight.cpu_s) == (0, 0)
