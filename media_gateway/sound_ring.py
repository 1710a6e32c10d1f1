"""Let one leg's sound wait for the beat: long enough for jitter, never longer, whatever the clocks do."""

from media_gateway import mixing
from media_gateway.bridge_counters import BridgeCounters
from media_gateway.metronome import BEATS_PER_S

WINDOW_BEATS = 50  # one second is judged at a time
SETTLE_NS = 5_000_000  # how old the newest sound is when a leg begins
LEAST_SLACK_NS = 2_000_000  # sound that comes closer than this to being late is given more time
AMPLE_SLACK_NS = 8_000_000  # sound that would still have this much is given less
MOST_SPARE_MS = 60  # beyond one block of the wire's: a burst, cut at once
QUIET_PEAK = 330  # -40 dBFS: nobody is speaking
QUIET_HASTE = 16  # times faster than while somebody speaks


class SoundRing:
    """First in, first out, at the leg's own rate; 20 ms leave at each beat.

    It measures how much later the sound could have come (slack) and how much of it lies unused (spare). Too little
    slack is mended by inserting, too much by dropping: one sample at 8 kHz in a frame of speech, sixteen in silence.
    That also levels out the far side's clock, which is never quite ours.
    """

    __slots__ = (
        "_beats",
        "_block_samples",
        "_came_ns",
        "_counters",
        "_debt_samples",
        "_fade_samples",
        "_frame_samples",
        "_is_flowing",
        "_last",
        "_most_bytes",
        "_sample_rate_hz",
        "_slack_ns",
        "_sound",
        "_spare_samples",
        "_unit_samples",
    )

    def __init__(self, sample_rate_hz: int, counters: BridgeCounters) -> None:
        self._sample_rate_hz = sample_rate_hz
        self._counters = counters
        self._frame_samples = sample_rate_hz // BEATS_PER_S
        self._unit_samples = max(1, sample_rate_hz // 8_000)
        self._fade_samples = sample_rate_hz // 400  # 2.5 ms
        self._most_bytes = 2 * sample_rate_hz  # a second, should nobody take any
        self._sound = bytearray()
        self._block_samples = self._frame_samples
        self._came_ns = 0
        self._last = b"\0\0"
        self._is_flowing = False
        self._debt_samples = 0
        self._begin_window()

    @property
    def depth_ms(self) -> float:
        return len(self._sound) * 500 / self._sample_rate_hz

    def put(self, pcm: bytes, now_ns: int) -> None:
        self._sound += pcm
        self._block_samples = len(pcm) // 2
        self._came_ns = now_ns
        excess = len(self._sound) - self._most_bytes
        if excess > 0:
            del self._sound[:excess]
            self._counters.cut_samples += excess // 2

    def take(self, now_ns: int) -> bytes | None:
        """20 ms, or None while the leg brings nothing. Every start and every stop is faded."""
        have = len(self._sound) // 2
        if not self._is_flowing:
            return self._begin(have, now_ns)
        if have < self._frame_samples:
            return self._run_dry()
        extra = self._correction(have)
        frame = self._pull(self._frame_samples + extra)
        if extra:
            frame = mixing.fitted(frame, self._frame_samples)
        self._last = frame
        if not self._debt_samples:
            self._watch(have - extra - self._frame_samples, now_ns)
        return frame

    def _begin(self, have: int, now_ns: int) -> bytes | None:
        """Not with the very newest sound: what follows would be late every other time."""
        is_ready = now_ns - self._came_ns >= SETTLE_NS or have >= 2 * self._frame_samples
        if have < self._frame_samples or not is_ready:
            return None
        self._is_flowing = True
        self._debt_samples = 0
        self._begin_window()
        self._last = mixing.faded_in(self._pull(self._frame_samples), self._fade_samples)
        return self._last

    def _run_dry(self) -> bytes:
        self._counters.underruns += 1
        self._is_flowing = False
        left = bytes(self._sound)
        self._sound.clear()
        return mixing.faded_out(
            left,
            self._frame_samples,
            self._fade_samples,
            last_sample=mixing.last_sample(self._last),
        )

    def _pull(self, samples: int) -> bytes:
        pcm = bytes(self._sound[: 2 * samples])
        del self._sound[: 2 * samples]
        return pcm

    def _correction(self, have: int) -> int:
        """How many samples more (or fewer) than a frame to take at this beat."""
        spare = have - self._frame_samples
        keep = max(self._block_samples, self._frame_samples)
        if spare > keep + self._sample_rate_hz * MOST_SPARE_MS // 1000:
            self._counters.cut_samples += spare - keep
            self._debt_samples = 0
            self._begin_window()
            return spare - keep
        if not self._debt_samples:
            return 0
        return self._instalment(spare)

    def _instalment(self, spare: int) -> int:
        most = self._unit_samples
        if mixing.peak(bytes(self._sound[: 2 * self._frame_samples])) < QUIET_PEAK:
            most *= QUIET_HASTE
        extra = max(-most, min(most, self._debt_samples, spare))
        self._debt_samples -= extra
        if extra > 0:
            self._counters.dropped_samples += extra
        else:
            self._counters.inserted_samples -= extra
        return extra

    def _begin_window(self) -> None:
        self._beats = 0
        self._slack_ns = 1 << 62
        self._spare_samples = 1 << 62

    def _watch(self, spare: int, now_ns: int) -> None:
        block = self._block_samples or 1
        unused_blocks = spare // block
        slack_ns = now_ns - self._came_ns + self._ns(unused_blocks * block)
        self._slack_ns = min(self._slack_ns, slack_ns)
        self._spare_samples = min(self._spare_samples, spare)
        self._beats += 1
        if self._beats == WINDOW_BEATS:
            self._debt_samples = self._judge()
            self._begin_window()

    def _judge(self) -> int:
        """What should be dropped (or, negative, inserted) so that the fewest blocks wait that have to."""
        step = min(self._block_samples or 1, self._frame_samples)
        waiting = self._spare_samples // step
        slack_ns = self._slack_ns - self._ns(waiting * step)
        wanted = 0
        while slack_ns < (AMPLE_SLACK_NS if wanted < waiting else LEAST_SLACK_NS):
            wanted += 1
            slack_ns += self._ns(step)
        debt = self._spare_samples - wanted * step
        return debt if abs(debt) > self._sample_rate_hz // 1000 else 0

    def _ns(self, samples: int) -> int:
        return samples * 1_000_000_000 // self._sample_rate_hz
