import base64
import hashlib
import json
from dataclasses import replace

import pytest

from asr.transcript_file.document import Passage, TranscriptDocument, label
from asr.transcript_file.own_json import as_own_json
from asr.transcript_file.plain_text import as_plain_text
from asr.transcript_file.vcon import as_vcon
from asr.transcript_file.webvtt import as_webvtt
from domain.language import ZH
from domain.passage import PassageKind
from tests.fakes.transcript_document import SOUND, a_document, a_line


@pytest.fixture
def document() -> TranscriptDocument:
    return a_document()


def test_subtitles_carry_speakers_times_and_passages(document: TranscriptDocument) -> None:
    blocks = as_webvtt(document).split("\n\n")

    assert blocks[0] == "WEBVTT"
    assert blocks[1] == "NOTE call.wav, OpenHotline 0.1.0, whisper-base"
    assert blocks[2] == "NOTE caller speaks en"
    assert blocks[3] == "1\n00:00:01.000 --> 00:00:02.500\n<v caller>Is A &lt; B &amp; C?"
    assert blocks[4:6] == [
        "NOTE agent speaks zh",
        "2\n00:00:04.000 --> 00:00:05.500\n<v agent>您好，请讲。",
    ]
    assert "<v caller>[hold 42 s]" in blocks[6]
    assert blocks[7].startswith("4\n01:01:01.000 --> 01:01:02.500\n")


def test_a_change_of_language_is_noted_once(document: TranscriptDocument) -> None:
    lines = (
        a_line("caller", 0, "hello"),
        a_line("caller", 2_000, "嗯", None),
        a_line("caller", 4_000, "你好", ZH),
        a_line("caller", 6_000, "请讲", ZH),
    )

    text = as_webvtt(replace(document, lines=lines, passages=()))

    assert [line for line in text.splitlines() if "speaks" in line] == [
        "NOTE caller speaks en",
        "NOTE caller speaks zh",
    ]


def test_no_text_can_break_out_of_its_cue(document: TranscriptDocument) -> None:
    lines = (a_line("a>b\nc", 0, "one\n\n2\n00:00 --> 00:01\nWEBVTT"),)

    text = as_webvtt(
        replace(
            document,
            lines=lines,
            passages=(),
            recording=replace(document.recording, file_name="x --> y.wav"),
        )
    )

    assert text.count("-->") == 1
    assert text.split("\n\n")[-1] == (
        "1\n00:00:00.000 --> 00:00:01.500\n<v a b c>one 2 00:00 --&gt; 00:01 WEBVTT\n"
    )


def test_text_for_people_has_a_line_for_everything_in_order(document: TranscriptDocument) -> None:
    assert as_plain_text(document).splitlines() == [
        "call.wav · 01:02:03 · caller en, agent zh",
        "",
        "[00:00:01] caller: Is A < B & C?",
        "[00:00:04] agent: 您好，请讲。",
        "[00:00:06] caller: [hold 42 s]",
        "[01:01:01] caller: No.",
    ]


def test_a_recording_without_a_word_is_said_to_be_one(document: TranscriptDocument) -> None:
    empty = replace(document, lines=(), passages=())

    assert as_plain_text(empty) == "call.wav · 01:02:03\n\n"
    assert json.loads(as_own_json(empty))["lines"] == []
    assert as_webvtt(empty).startswith("WEBVTT\n")


def test_our_json_names_its_version_and_keeps_what_is_not_known_as_null(
    document: TranscriptDocument,
) -> None:
    unsure = replace(a_line("agent", 9_000, "hm", None), confidence=None)

    found = json.loads(as_own_json(replace(document, lines=(*document.lines, unsure))))

    assert (found["schema"], found["version"]) == ("openhotline-transcript", 1)
    assert found["recording"]["sha512"] == hashlib.sha512(SOUND).hexdigest()
    assert found["languages"] == {"caller": ["en"], "agent": ["zh"]}
    assert found["lines"][0] == {
        "speaker": "caller",
        "start_ms": 1_000,
        "end_ms": 2_500,
        "text": "Is A < B & C?",
        "language": "en",
        "confidence": 0.9123,
    }
    assert (found["lines"][2]["language"], found["lines"][2]["confidence"]) == (None, None)
    assert found["passages"] == [
        {"speaker": "caller", "start_ms": 6_000, "end_ms": 48_000, "kind": "hold_music"}
    ]


def test_a_container_names_the_recording_by_its_hash(document: TranscriptDocument) -> None:
    found = json.loads(as_vcon(document, uuid="0193"))

    (dialog,) = found["dialog"]
    kind, _, digest = dialog["content_hash"].partition("-")
    padded = digest + "=" * (-len(digest) % 4)
    assert (found["uuid"], found["created_at"]) == ("0193", "2026-11-22T03:00:00+00:00")
    assert found["parties"] == [{"name": "caller"}, {"name": "agent"}]
    assert (dialog["type"], dialog["duration"], dialog["parties"]) == (
        "recording",
        3723.004,
        [0, 1],
    )
    assert (kind, base64.urlsafe_b64decode(padded)) == ("sha512", hashlib.sha512(SOUND).digest())
    assert "body" not in dialog
    assert "url" not in dialog


def test_a_container_carries_the_transcript_as_text_that_is_json(
    document: TranscriptDocument,
) -> None:
    (analysis,) = json.loads(as_vcon(document, uuid="0193"))["analysis"]

    assert (analysis["type"], analysis["dialog"], analysis["encoding"]) == ("transcript", 0, "json")
    assert json.loads(analysis["body"]) == json.loads(as_own_json(document))
    assert analysis["schema"] == "openhotline-transcript/1"


def test_the_sound_travels_inside_when_it_is_asked_for(document: TranscriptDocument) -> None:
    (dialog,) = json.loads(as_vcon(document, uuid="0193", sound=SOUND))["dialog"]

    body = dialog["body"]
    assert dialog["encoding"] == "base64url"
    assert base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)) == SOUND


@pytest.mark.parametrize("kind", PassageKind)
def test_every_kind_of_passage_has_a_name(kind: PassageKind) -> None:
    passage = Passage(speaker="caller", start_ms=0, end_ms=100, kind=kind)

    assert label(passage).endswith(" 1 s]")
