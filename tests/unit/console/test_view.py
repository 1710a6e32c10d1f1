"""The page of a call is folded from its facts and nothing else."""

from datetime import timedelta

import pytest

from console.view.call import call_view
from console.view.help import ticket_drafts
from console.view.latency import percentiles
from console.view.legs import legs
from console.view.summary import call_summary
from console.view.survey import survey
from console.view.words import languages, transcript
from domain.audio import GapCause, Leg
from domain.call import EndReason
from domain.errors import NotFound
from domain.events import CallEnded, LegHeld, LegResumed, TicketDrafted, TranscriptFinalised
from domain.language import EN, ZH
from domain.understanding import Urgency
from tests.fakes.clock import BEGINNING
from tests.fakes.story import (
    CALL,
    WHOLE_CALL,
    a_draft,
    a_guess,
    a_route,
    a_segment,
    a_start,
    a_survey_answered,
    a_survey_finished,
    an_understanding,
    posted,
)


def test_a_whole_call_becomes_its_page() -> None:
    page = call_view(posted(WHOLE_CALL), position=117).model_dump(mode="json")

    assert page["position"] == 117
    assert (page["state"], page["end_reason"], page["duration_ms"]) == ("ended", "hung_up", 9_500)
    assert page["synthetic"] is True
    assert page["legs"] == [
        {
            "leg": "caller",
            "sample_rate_hz": 8_000,
            "joined_at_ms": 0,
            "duration_ms": 9_000,
            "recording": "/api/calls/call-1/recordings/caller.wav",
            "gaps": [],
            "passages": [{"start_ms": 6_000, "end_ms": 48_000, "kind": "hold_music"}],
            "transcribed": True,
            "presence": "present",
            "parties": [],
        },
        {
            "leg": "agent",
            "sample_rate_hz": 8_000,
            "joined_at_ms": 120,
            "duration_ms": None,
            "recording": None,
            "gaps": [{"start_ms": 100, "end_ms": 300, "cause": "network", "listener": "recording"}],
            "passages": [],
            "transcribed": False,
            "presence": "left",
            "parties": [{"name": "Wang", "number": "6001", "since_ms": 6_500}],
        },
    ]
    assert page["transcript"][0]["text"].startswith("我的社保卡")
    assert page["routing"]["inputs"] == {"language": "zh", "topic": "social_security.card_lost"}
    assert page["routing"]["earlier"] == []
    assert page["understandings"][0]["entities"][0]["value"] == "+8613800138000"
    assert page["suggestions"][0]["source"]["department"] == "人力资源和社会保障局"
    field = page["ticket_drafts"][0]["fields"][0]
    assert (field["label_zh"], field["label_en"]) == ("诉求事项", "Matter")
    assert field["evidence"][0]["quote"] == "社保卡"
    assert page["keys"] == [{"leg": "caller", "key": "#", "pressed_at_ms": 4_000}]
    assert page["survey"]["outcome"] == "completed"
    assert page["latency"] == {
        "first_partial_ms": {"p50": 700, "p95": 700, "n": 1},
        "final_ms": {"p50": 600, "p95": 600, "n": 1},
        "card_ms": {"p50": 900, "p95": 900, "n": 1},
    }


def test_a_call_that_has_just_begun_knows_nothing_and_says_so() -> None:
    page = call_view(posted([a_start()]), position=1)

    assert (page.state, page.ended_at, page.language, page.queue, page.topic_zh, page.urgency) == (
        "live", None, None, None, None, None,
    )  # fmt: skip
    assert page.started_at == BEGINNING + timedelta(seconds=1)
    assert (page.routing, page.survey, page.transcript) == (None, None, [])
    assert page.latency.card_ms.model_dump() == {"p50": None, "p95": None, "n": 0}


def test_facts_without_a_beginning_are_no_call() -> None:
    with pytest.raises(NotFound):
        call_summary(posted([a_route()]))


def test_the_last_guess_about_the_caller_is_the_language_of_the_call() -> None:
    facts = posted([a_start(), a_guess(EN), a_guess(ZH), a_guess(EN, leg=Leg.AGENT)])

    assert call_summary(facts).language == "zh"
    assert call_summary(posted([a_start(), a_guess(ZH), a_guess(None)])).language is None


def test_what_was_urgent_once_stays_urgent() -> None:
    said = [
        an_understanding(urgency=Urgency.URGENT),
        an_understanding(urgency=Urgency.NORMAL),
        an_understanding(urgency=None),
    ]

    assert call_summary(posted([a_start(), *said])).urgency is Urgency.URGENT


def test_thanks_do_not_wipe_out_what_the_call_is_about() -> None:
    said = [an_understanding(), an_understanding(topic=False)]

    assert call_summary(posted([a_start(), *said])).topic_zh == "社保卡挂失"


def test_what_the_agent_says_is_not_the_matter_of_the_call() -> None:
    said = an_understanding(segment=a_segment(leg=Leg.AGENT))

    assert call_summary(posted([a_start(), said])).topic_zh is None


def test_a_newer_decision_stands_and_the_older_are_kept() -> None:
    page = call_view(
        posted([a_start(), a_route("general", 1), a_route("english", 2), a_route("urgent", 3)]), 4
    )

    assert page.routing is not None
    assert [page.routing.queue, *(earlier.queue for earlier in page.routing.earlier)] == [
        "urgent",
        "english",
        "general",
    ]
    assert page.queue == "urgent"


def test_lines_are_in_the_order_of_time_and_each_segment_once() -> None:
    finals = [
        TranscriptFinalised(
            call_id=CALL, segment=a_segment("second", segment_id="b", start_ms=9_000)
        ),
        TranscriptFinalised(
            call_id=CALL, segment=a_segment("first", segment_id="a", start_ms=1_000)
        ),
        TranscriptFinalised(
            call_id=CALL, segment=a_segment("second", segment_id="b", start_ms=9_000)
        ),
    ]

    assert [line.text for line in transcript(finals)] == ["first", "second"]


def test_the_latest_guess_of_each_leg_comes_first() -> None:
    guesses = [
        a_guess(EN, at_ms=1),
        a_guess(ZH, at_ms=2),
        a_guess(ZH, leg=Leg.AGENT, at_ms=3),
        a_guess(EN, at_ms=4),
    ]

    assert [(g.leg, g.decided_at_ms) for g in languages(guesses)] == [
        (Leg.CALLER, 4), (Leg.AGENT, 3), (Leg.CALLER, 2), (Leg.CALLER, 1),
    ]  # fmt: skip


def test_a_speaker_who_mixes_languages_is_shown_with_both() -> None:
    one, both = a_guess(ZH), a_guess(ZH, at_ms=2, mixed=(ZH, EN))

    assert [guess.mixed for guess in languages([one, both])] == [["zh", "en"], []]


def test_the_highest_revision_of_a_draft_is_shown() -> None:
    drafts = [TicketDrafted(call_id=CALL, draft=a_draft(r, value=f"v{r}")) for r in (1, 3, 2)]

    (shown,) = ticket_drafts(drafts)

    assert (shown.revision, shown.fields[0].value) == (3, "v3")


def test_a_survey_grows_answer_by_answer_until_its_result_has_the_last_word() -> None:
    assert survey([]) is None

    growing = survey(
        [
            a_survey_answered("contacted", "yes"),
            a_survey_answered("solved", "yes"),
            a_survey_answered("solved", "no"),
        ]
    )
    assert growing is not None
    assert [(a.question_id, a.value) for a in growing.answers] == [
        ("contacted", "yes"),
        ("solved", "no"),
    ]
    assert growing.outcome is None

    finished = survey([a_survey_answered("contacted", "yes"), a_survey_finished()])
    assert finished is not None
    assert (finished.outcome, len(finished.answers)) == ("completed", 1)


def test_percentiles_are_figures_that_were_measured() -> None:
    assert percentiles(range(1, 101)).model_dump() == {"p50": 50, "p95": 95, "n": 100}
    assert percentiles([None, 7, None]).model_dump() == {"p50": 7, "p95": 7, "n": 1}


def test_a_leg_that_never_joined_is_not_shown() -> None:
    assert legs(event for event in WHOLE_CALL if type(event).__name__ != "LegJoined") == []


def test_what_was_recorded_before_our_process_died_can_be_played() -> None:
    cut_off = CallEnded(call_id=CALL, reason=EndReason.FAILED, duration_ms=3_000)

    caller, agent = legs([*WHOLE_CALL[:3], cut_off])

    assert caller.recording == "/api/calls/call-1/recordings/caller.wav"
    assert agent.recording == "/api/calls/call-1/recordings/agent.wav"


def test_a_leg_on_hold_says_so_until_it_is_back() -> None:
    held = LegHeld(call_id=CALL, leg=Leg.AGENT, held_at_ms=1_000, cause=GapCause.PAUSED)
    resumed = LegResumed(call_id=CALL, leg=Leg.AGENT, resumed_at_ms=2_000)

    assert legs([*WHOLE_CALL[:3], held])[1].presence == "paused"
    assert legs([*WHOLE_CALL[:3], held, resumed])[1].presence == "present"
