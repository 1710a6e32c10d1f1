"""The list of calls can be read in a narrow terminal and in a file."""

from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.commands.product import Product

CALL = {
    "call_id": "9df3ca10549c40b1a7b0d3f1c2a4e5f6",
    "state": "ended",
    "started_at": "2026-11-22T08:46:05Z",
    "language": "zh",
    "queue": "mandarin",
    "topic_zh": "社保卡挂失补换",
    "title": "A foreign resident asks about a permit that ends next month",
}


def test_every_column_can_be_read_where_there_is_little_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def get(_: Product, __: str, **___: object) -> dict[str, Any]:
        return {"calls": [CALL]}

    monkeypatch.setattr(Product, "get", get)
    monkeypatch.setenv("COLUMNS", "80")

    told = CliRunner().invoke(cli, ["calls", "list"]).stdout

    for value in (CALL["call_id"], "ended", "zh", "mandarin", "社保卡挂失补换"):
        assert value in told
