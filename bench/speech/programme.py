"""Play twenty minutes in which nobody says a word: silence, line noise, music, ring-back, keys and chimes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bench.speech import line_sounds as line
from bench.speech import music
from bench.speech.clip import Clip, Codec, through
from bench.speech.music import Timbre, Wave

FULL_S = 1_200.0
_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One item of the programme, after the codec."""

    name: str
    clip: Clip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """``make``: seconds, samples a second and a seed become sound. ``share`` of the programme's time."""

    name: str
    share: float
    make: Callable[[float, int, int], Wave]


def programme(*, codec: Codec = Codec.G711, seconds: float = FULL_S) -> Iterator[Piece]:
    """All items in turn, each its share of the time; the same sound every time."""
    whole = sum(item.share for item in _ITEMS)
    for seed, item in enumerate(_ITEMS, start=1):
        length_s = max(2.0, seconds * item.share / whole)
        wave = item.make(length_s, codec.rate_hz, seed)
        samples = round(length_s * codec.rate_hz)
        repeated = np.tile(wave, -(-samples // len(wave)))[:samples]
        pcm = through(codec, repeated.astype(np.float32), codec.rate_hz)
        yield Piece(name=item.name, clip=Clip(pcm=pcm, rate_hz=codec.rate_hz))


def _tune(timbre: Timbre) -> Callable[[float, int, int], Wave]:
    return lambda seconds, rate_hz, seed: music.tune(seed, seconds, timbre, rate_hz)


def _band(timbre: Timbre) -> Callable[[float, int, int], Wave]:
    return lambda seconds, rate_hz, seed: music.band(seed, seconds, timbre, rate_hz)


def _tone(*hz: float, on_off_s: tuple[float, ...]) -> Callable[[float, int, int], Wave]:
    return lambda seconds, rate_hz, _seed: line.cadence(seconds, hz, on_off_s, rate_hz)


def _noise(level: float, tilt: float = 0.0) -> Callable[[float, int, int], Wave]:
    return lambda seconds, rate_hz, seed: line.hiss(seconds, rate_hz, seed, level=level, tilt=tilt)


def _with_pause(wave: Wave, rate_hz: int, pause_s: float = _PAUSE_S) -> Wave:
    return np.concatenate([wave, np.zeros(round(pause_s * rate_hz))])


_ITEMS = (
    _Item(name="silence", share=6, make=lambda s, rate, _: np.zeros(round(s * rate))),
    _Item(name="comfort noise", share=6, make=line.comfort_noise),
    _Item(name="faint hiss", share=4, make=_noise(0.003)),
    _Item(name="loud hiss", share=3, make=_noise(0.05)),
    _Item(name="pink noise", share=3, make=_noise(0.03, 1)),
    _Item(name="rumble", share=3, make=_noise(0.05, 2)),
    _Item(name="mains hum", share=3, make=lambda s, rate, _: line.hum(s, rate)),
    _Item(
        name="hum and hiss", share=3, make=lambda s, r, n: line.hum(s, r) + _noise(0.004)(s, r, n)
    ),
    _Item(name="crackle", share=3, make=line.clicks),
    _Item(name="breath", share=4, make=line.breath),
    _Item(name="typing", share=3, make=line.typing),
    _Item(name="knocks", share=3, make=line.knocks),
    _Item(name="ring-back cn", share=4, make=_tone(450, on_off_s=(1, 4))),
    _Item(name="ring-back europe", share=3, make=_tone(425, on_off_s=(1, 4))),
    _Item(name="ring-back us", share=3, make=_tone(440, 480, on_off_s=(2, 4))),
    _Item(name="ring-back uk", share=3, make=_tone(400, 450, on_off_s=(0.4, 0.2, 0.4, 2))),
    _Item(name="busy cn", share=2, make=_tone(450, on_off_s=(0.35, 0.35))),
    _Item(name="busy us", share=2, make=_tone(480, 620, on_off_s=(0.5, 0.5))),
    _Item(name="dial tone", share=2, make=_tone(350, 440, on_off_s=(9, 0.01))),
    _Item(name="keys", share=4, make=lambda _s, rate, _: line.keys("123456789*0#ABCD", rate)),
    _Item(
        name="slow keys",
        share=2,
        make=lambda _s, rate, _: line.keys("400-800".replace("-", "0"), rate, on_s=0.3, off_s=0.7),
    ),
    _Item(
        name="refusal",
        share=2,
        make=lambda _s, rate, _: _with_pause(line.special_information(rate), rate),
    ),
    _Item(name="fax calling", share=2, make=_tone(1100, on_off_s=(0.5, 3))),
    _Item(name="fax answering", share=2, make=_tone(2100, on_off_s=(3, 1))),
    _Item(name="fax talking", share=2, make=line.modem),
    _Item(name="chime", share=2, make=lambda _s, rate, _: _with_pause(music.chime(rate), rate)),
    _Item(
        name="gong of four",
        share=2,
        make=lambda _s, rate, _: _with_pause(music.chime(rate, (7, 3, 5, -2)), rate),
    ),
    _Item(name="arpeggio", share=4, make=lambda s, rate, seed: music.arpeggio(seed, s, rate)),
    _Item(name="drums", share=3, make=lambda s, rate, seed: music.drums(seed, s, rate)),
    *(_Item(name=f"{timbre} alone", share=3, make=_tune(timbre)) for timbre in Timbre),
    *(_Item(name=f"{timbre} with band", share=3, make=_band(timbre)) for timbre in Timbre),
)

PIECES = len(_ITEMS)
