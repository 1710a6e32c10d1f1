"""What the words hint at stands in every format as a hint, and nothing stands where they hint at nothing."""

import json
from dataclasses import replace

import pytest

from asr.diarization.role_hint import Role
from asr.transcript_file.document import UNKNOWN, TranscriptDocument
from asr.transcript_file.own_json import as_own_json
from asr.transcript_file.plain_text import as_plain_text
from asr.transcript_file.vcon import as_vcon
from asr.transcript_file.webvtt import as_webvtt
from tests.fakes.transcript_document import a_document, a_line


@pytest.fixture
def document() -> TranscriptDocument:
    """A is taken for the agent, nothing is known of B, and of one line not even the voice."""
    said = (("A", "How may I help you?"), ("B", "Well."), (UNKNOWN, "Hm."))
    return replace(
        a_document(),
        speakers=("A", "B", UNKNOWN),
        lines=tuple(a_line(name, n * 2_000, text) for n, (name, text) in enumerate(said)),
        passages=(),
        role_hints={"A": Role.AGENT, "B": None},
    )


def test_our_json_says_of_every_voice_what_its_words_hint_at(document: TranscriptDocument) -> None:
    found = json.loads(as_own_json(document))

    assert found["role_hint"] == {"A": "agent", "B": "unknown"}
    assert [line["speaker"] for line in found["lines"]] == ["A", "B", "unknown"]
    assert json.loads(as_own_json(a_document()))["role_hint"] == {}


def test_subtitles_name_the_voice_with_a_question_mark(document: TranscriptDocument) -> None:
    said = as_webvtt(document)

    assert "<v A (agent?)>How may I help you?" in said
    assert "NOTE A (agent?) speaks en" in said
    assert "<v B>Well." in said
    assert "<v unknown>Hm." in said


def test_text_for_people_names_the_voice_with_a_question_mark(document: TranscriptDocument) -> None:
    title, _, *lines = as_plain_text(document).splitlines()

    assert "A (agent?) en, B en" in title
    assert lines == [
        "[00:00:00] A (agent?): How may I help you?",
        "[00:00:02] B: Well.",
        "[00:00:04] unknown: Hm.",
    ]


def test_a_container_gives_a_party_the_role_only_as_a_hint(document: TranscriptDocument) -> None:
    found = json.loads(as_vcon(document, uuid="0193"))

    assert found["parties"] == [{"name": "A", "role": "agent?"}, {"name": "B"}, {"name": "unknown"}]
    assert found["extensions"] == ["CC"]
    assert json.loads(as_vcon(a_document(), uuid="0193"))["extensions"] == []
