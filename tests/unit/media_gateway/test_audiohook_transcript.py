"""Transcripts for AudioHook: ids stay, times are the client's, unknown is not invented."""

from dataclasses import replace

from domain.audio import Leg
from domain.ids import CallId, SegmentId
from domain.language import LanguageTag
from domain.transcript import TranscriptSegment, Word
from media_gateway.wires.audiohook_transcript import (
    ClientTime,
    entity_id,
    region_of,
    transcript_entity,
)

SEGMENT = TranscriptSegment(
    call_id=CallId("call"),
    leg=Leg.AGENT,
    segment_id=SegmentId("call-agent-00001500"),
    revision=2,
    is_final=True,
    start_ms=1_500,
    end_ms=3_000,
    text="您好",
    language=LanguageTag("zh"),
    engine="engine",
    words=(
        Word(text="您", start_ms=1_500, end_ms=2_000, probability=0.8),
        Word(text="好", start_ms=2_000, end_ms=3_000, probability=0.6),
    ),
)


def test_a_final_is_written_as_the_protocol_has_it() -> None:
    entity = transcript_entity(SEGMENT, channel="internal", time=ClientTime())

    assert entity == {
        "type": "transcript",
        "data": {
            "id": entity_id(SEGMENT.segment_id),
            "channelId": 1,
            "isFinal": True,
            "offset": "PT1.5S",
            "duration": "PT1.5S",
            "alternatives": [
                {
                    "confidence": 0.7,
                    "languages": ["zh-CN"],
                    "interpretations": [
                        {
                            "type": "display",
                            "transcript": "您好",
                            "tokens": [
                                {
                                    "type": "word",
                                    "value": "您",
                                    "confidence": 0.8,
                                    "offset": "PT1.5S",
                                    "duration": "PT0.5S",
                                },
                                {
                                    "type": "word",
                                    "value": "好",
                                    "confidence": 0.6,
                                    "offset": "PT2S",
                                    "duration": "PT1S",
                                },
                            ],
                        }
                    ],
                }
            ],
        },
    }


def test_partials_and_their_final_share_an_id_and_segments_do_not() -> None:
    partial = replace(SEGMENT, is_final=False, revision=1, text="您")
    other = replace(SEGMENT, segment_id=SegmentId("call-agent-00009000"))
    ids = [
        transcript_entity(segment, channel="internal", time=ClientTime())["data"]
        for segment in (partial, SEGMENT, other)
    ]

    first, second, third = (data["id"] for data in ids if isinstance(data, dict))
    assert first == second != third


def test_a_language_keeps_the_region_the_client_named_if_it_is_that_language() -> None:
    assert region_of(LanguageTag("en"), "en-GB") == "en-GB"
    assert region_of(LanguageTag("en"), "fr-CA") == "en-US"
    assert region_of(LanguageTag("tlh"), "fr-CA") is None
    assert region_of(None, "fr-CA") is None


def test_unknown_language_is_left_out_and_unknown_confidence_is_half() -> None:
    unsure = replace(SEGMENT, language=None, words=())

    data = transcript_entity(unsure, channel="external", time=ClientTime())["data"]

    assert isinstance(data, dict)
    (alternative,) = data["alternatives"]
    assert alternative["confidence"] == 0.5
    assert "languages" not in alternative


def test_times_are_the_clients_on_either_side_of_a_pause_its_clock_stood_still_in() -> None:
    time = ClientTime()
    time.learn(line_ms=5_000, client_ms=5_100)
    time.learn(line_ms=20_000, client_ms=10_000)
    time.learn(line_ms=30_000, client_ms=20_010)

    assert [time.at(ms) for ms in (0, 6_000, 19_999, 20_000, 31_000)] == [
        0,
        6_000,
        19_999,
        10_000,
        21_000,
    ]


def test_a_line_that_came_later_counts_from_its_own_beginning() -> None:
    data = transcript_entity(SEGMENT, channel="external", time=ClientTime(), began_ms=1_000)["data"]

    assert isinstance(data, dict)
    assert (data["offset"], data["channelId"]) == ("PT0.5S", 0)
