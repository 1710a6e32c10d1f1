"""A disk without room for recordings costs each recording a marked hole, never the call."""

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.e2e.demonstration import write_beginning
from tests.e2e.own_disk import needs_own_disk, on_tiny_disk, seen_by
from tests.e2e.product import Product, firm_words, last_words_are_in, running_product, wait_for

pytestmark = [pytest.mark.weights, needs_own_disk]

CALL_S = 13.0
DISK_BYTES = 4 * 2**20
ROOM_BYTES = 100 * 2**10  # three seconds of two legs
FULL_WITHIN_S = 30.0
ENDED_WITHIN_S = 60.0
NO_ROOM = "a recording cannot be written, the call goes on; check the disk under the data directory"

Samples = NDArray[np.int16]


@dataclass(frozen=True)
class CallOnAFullDisk:
    product: Product
    sent: Samples  # (samples, legs)
    view: dict[str, Any]


@pytest.fixture(scope="module")
def call(set_up: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOnAFullDisk]:
    """Its disk has room for three seconds, then none, then plenty."""
    folder = tmp_path_factory.mktemp("full-disk")
    recordings = folder / "data" / "recordings"
    recordings.mkdir(parents=True)
    sent = write_beginning(folder / "sent.wav", CALL_S)
    with running_product(
        folder, wrapped=lambda command: on_tiny_disk(recordings, DISK_BYTES, command)
    ) as product:
        filler = seen_by(product.pid, recordings / "filler")
        filler.write_bytes(bytes(DISK_BYTES - ROOM_BYTES))
        with closing(product.client("call", "--quiet", sent, name="call")) as client:
            wait_for("no room is left", lambda: no_room_said(product), FULL_WITHIN_S)
            filler.unlink()
            assert client.ends(ENDED_WITHIN_S) == 0, client.complained()
            view = product.call(client.said().strip())
        samples, _ = soundfile.read(sent, dtype="int16")
        yield CallOnAFullDisk(product=product, sent=samples, view=view)


def test_the_call_goes_on_and_is_understood_to_its_end(call: CallOnAFullDisk) -> None:
    assert call.view["end_reason"] == "hung_up"
    assert last_words_are_in(call.view)
    assert {line["leg"] for line in firm_words(call.view)} == {"caller", "agent"}
    assert firm_words(call.view)[-1]["end_ms"] > 1000 * CALL_S - 5000


def test_the_hole_is_marked_on_both_legs(call: CallOnAFullDisk) -> None:
    for leg in call.view["legs"]:
        (gap,) = leg["gaps"]
        assert gap["cause"] == "disk"
        assert 0 < gap["start_ms"] < gap["end_ms"] < 1000 * CALL_S


def test_what_was_recorded_is_at_its_place_to_the_sample(call: CallOnAFullDisk) -> None:
    for number, leg in enumerate(call.view["legs"]):
        answer = call.product.download(leg["recording"])
        recorded, rate_hz = soundfile.read(io.BytesIO(answer.content), dtype="int16")
        (gap,) = leg["gaps"]
        start, end = (gap[edge] * rate_hz // 1000 for edge in ("start_ms", "end_ms"))

        assert answer.headers["content-type"] == "audio/wav"
        assert len(recorded) == len(call.sent)
        assert np.array_equal(recorded[:start], call.sent[:start, number])
        assert np.array_equal(recorded[end:], call.sent[end:, number])
        assert not recorded[start:end].any()


def no_room_said(product: Product) -> bool:
    said = [line for line in product.log_lines() if line["message"] == NO_ROOM]
    return {line["leg"] for line in said} == {"caller", "agent"}
