"""The schemas that other programs are built from are those that the code has."""

import json
from pathlib import Path

import pytest

from console.schemas import schemas
from console.wire import DESK_MESSAGE

WIRE = Path(__file__).parents[3] / "docs" / "wire"


@pytest.mark.parametrize("name", schemas())
def test_the_schema_file_is_up_to_date(name: str) -> None:
    assert (WIRE / name).read_text(encoding="utf-8") == schemas()[name], (
        "run: python -m console.schemas docs/wire"
    )


def test_every_message_names_its_type() -> None:
    document = json.loads(schemas()["desk-message.schema.json"])

    assert set(document["discriminator"]["mapping"]) == {
        "call", "segment", "language", "routing", "understanding", "suggestion",
        "ticket_draft", "leg", "key", "survey", "campaign", "heartbeat",
    }  # fmt: skip


def test_a_message_is_known_by_its_type() -> None:
    beat = DESK_MESSAGE.validate_python({"type": "heartbeat", "position": 7})

    assert beat.model_dump() == {"type": "heartbeat", "position": 7, "call_id": None}
