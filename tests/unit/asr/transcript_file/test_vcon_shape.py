"""A container is one for programs that know only the drafts."""

import json
from dataclasses import replace
from uuid import uuid4

import pytest
from pydantic import ValidationError

from asr.diarization.role_hint import Role
from asr.transcript_file.vcon import as_vcon
from tests.fakes.transcript_document import SOUND, a_document
from tests.fakes.vcon_shape import Container


@pytest.mark.parametrize("sound", [None, SOUND, b""])
@pytest.mark.parametrize("role_hints", [{}, {"caller": Role.CALLER, "agent": None}])
def test_a_container_has_the_shape_of_the_drafts(
    sound: bytes | None, role_hints: dict[str, Role | None]
) -> None:
    document = replace(a_document(), role_hints=role_hints)

    found = Container.model_validate_json(as_vcon(document, uuid=str(uuid4()), sound=sound))

    assert [party.name for party in found.parties] == ["caller", "agent"]
    assert found.dialog[0].parties == [0, 1]


@pytest.mark.parametrize("name", ["vcon", "uuid", "created_at", "parties", "dialog", "analysis"])
def test_the_shape_misses_what_is_missing(name: str) -> None:
    found = json.loads(as_vcon(a_document(), uuid=str(uuid4())))
    del found[name]

    with pytest.raises(ValidationError, match=name):
        Container.model_validate(found)
