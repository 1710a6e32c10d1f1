"""Every queue has a size and every task a parent."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.project import name, sources, tree

OWNERLESS = {"create_task", "ensure_future"}


def faults(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        called = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        if called in ("Queue", "LifoQueue", "PriorityQueue") and not _sized(node, "maxsize", 0):
            yield f"line {node.lineno}: {called}() without maxsize"
        if called in OWNERLESS and not _of_a_task_group(node):
            yield f"line {node.lineno}: {called}() starts a task that nobody owns"


def _sized(call: ast.Call, keyword: str, position: int) -> bool:
    return len(call.args) > position or any(k.arg == keyword for k in call.keywords)


def _of_a_task_group(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and not (
        isinstance(call.func.value, ast.Name) and call.func.value.id in ("asyncio", "loop")
    )


@pytest.mark.parametrize("path", sources(), ids=name)
def test_queues_are_bounded_and_tasks_are_owned(path: Path) -> None:
    assert list(faults(tree(path))) == []


def test_the_check_sees_what_it_forbids() -> None:
    module = ast.parse(
        "import asyncio\nq = asyncio.Queue()\nasyncio.create_task(f())\nok = asyncio.Queue(maxsize=3)\ngroup.create_task(f())"
    )

    assert [fault.split(":")[0] for fault in faults(module)] == ["line 2", "line 3"]
