"""A product that died in the middle of a call tells what it knew of it when it is started again."""

import io
import wave

import pytest

from tests.e2e.killed import Killed
from tests.e2e.product import firm_words

pytestmark = pytest.mark.weights

CLIENT_NOTICES_WITHIN_S = 20.0
A_SECOND_MS = 1000


def test_a_call_that_was_cut_off_has_ended_as_failed_and_kept_its_words(killed: Killed) -> None:
    view = killed.product.call(killed.before["call_id"])

    assert (view["state"], view["end_reason"]) == ("ended", "failed")
    assert firm_words(view)[: len(firm_words(killed.before))] == firm_words(killed.before) != []
    assert view["duration_ms"] > A_SECOND_MS


def test_recordings_that_were_being_written_play(killed: Killed) -> None:
    legs = killed.product.call(killed.before["call_id"])["legs"]

    assert [leg["leg"] for leg in legs] == ["caller", "agent"]
    for leg in legs:
        answer = killed.product.download(leg["recording"])
        assert answer.status_code == 200
        with wave.open(io.BytesIO(answer.content)) as recording:
            assert recording.getframerate() == leg["sample_rate_hz"]
            assert recording.getnframes() > recording.getframerate()


def test_the_caller_s_switch_is_told_in_one_sentence(killed: Killed) -> None:
    assert killed.caller.ends(CLIENT_NOTICES_WITHIN_S) == 1
    assert killed.caller.complained().splitlines()[-1].startswith("hotline: the product ended")
    assert "Traceback" not in killed.caller.complained()
