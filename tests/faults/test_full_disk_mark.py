"""A disk that stays full: the mark must begin where the file ends."""

import wave
from pathlib import Path

from media_gateway.client.recording import Recording
from tests.e2e.own_disk import needs_own_disk, on_tiny_disk, seen_by
from tests.fakes.sound import noise
from tests.faults.product import running, served
from tests.faults.wires import AUDIO_FORK, HeadStart


@needs_own_disk
async def test_the_mark_begins_where_the_file_ends(tmp_path: Path) -> None:
    words = noise(9_000)
    async with running(on_tiny_disk(tmp_path, 96 * 1024, served(tmp_path))) as product:
        call = AUDIO_FORK.new_call(product, "long", pacer=HeadStart(9.0))
        await call.run(Recording(legs=(words,), sample_rate_hz=8_000))
        call_id = (await product.state()).started["long"]
        state = await product.until(lambda state: call_id in state.ended)
        (file,) = seen_by(product.process.pid, tmp_path).glob("*/*/caller.wav")
        with wave.open(str(file), "rb") as kept:
            sound = kept.readframes(kept.getnframes())
    (gap,) = [gap for gap in state.gaps if gap[0] == call_id]

    assert gap[3] * 16 == len(sound)
