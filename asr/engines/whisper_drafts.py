"""Have the Whisper network write utterances down, those of one size together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from asr.belief.guards import Claim
from asr.desk.reading import Choose
from asr.ear.tape import Waveform
from asr.engines.whisper_decoder import Decoded, Encoded, WhisperDecoder, Wish, seconds
from asr.engines.whisper_effort import Effort, Size
from asr.language.identification import Odds, among_ours
from asr.settings import AsrSettings
from domain.language import LanguageTag


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One utterance to write down. ``choose`` names its language once its odds are known, and whether that is sure.

    ``odds`` are known when it was read before. ``only_if_sure``: otherwise it is not worth the reading.
    """

    waveform: Waveform
    speech_ms: int
    choose: Choose
    odds: Odds | None = None
    hotwords: tuple[str, ...] = ()
    only_if_sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the network made of one order; the text is empty where it was not worth the reading."""

    claim: Claim
    language: LanguageTag
    is_sure: bool
    odds: Odds


class Drafter:
    """Groups orders and runs the network; remembers nothing."""

    def __init__(self, decoder: WhisperDecoder, settings: AsrSettings) -> None:
        self._decoder = decoder
        self._rows = settings.whisper.batch_rows
        self._allowed = settings.language.allowed
        self._tells_hotwords = settings.whisper.hotwords_bias

    def write_down(self, orders: Sequence[Order], effort: Effort) -> list[Draft]:
        """In the order of the orders; whom one was read together with does not change its words."""
        drafts: dict[int, Draft] = {}
        for size, places in self._groups(orders, effort):
            together = [orders[place] for place in places]
            encoded = self._decoder.encode_batch(
                [order.waveform for order in together], size.context_s
            )
            blanks = self._blanks(encoded, together)
            drafts |= zip(
                places, self._filled(encoded, together, blanks, effort, size), strict=True
            )
        return [drafts[place] for place in range(len(orders))]

    def odds(self, waveforms: Sequence[Waveform], context_s: float) -> list[Odds]:
        """How likely the hotline's languages are, from the beginning of each sound."""
        if len(self._allowed) == 1:
            return [{self._allowed[0]: 1.0} for _ in waveforms]
        odds: list[Odds] = []
        for first in range(0, len(waveforms), self._rows):
            encoded = self._decoder.encode_batch(waveforms[first : first + self._rows], context_s)
            odds += self._odds(encoded)
        return odds

    def _groups(self, orders: Sequence[Order], effort: Effort) -> Iterator[tuple[Size, list[int]]]:
        groups: dict[tuple[Size, tuple[str, ...]], list[int]] = {}
        for place, order in enumerate(orders):
            key = (effort.size(seconds(order.waveform)), self._told(order))
            groups.setdefault(key, []).append(place)
        for (size, _), places in groups.items():
            for first in range(0, len(places), self._rows):
                yield size, places[first : first + self._rows]

    def _told(self, order: Order) -> tuple[str, ...]:
        return order.hotwords if self._tells_hotwords else ()

    def _blanks(self, encoded: Encoded, orders: Sequence[Order]) -> list[Draft]:
        """Everything but the words."""
        blanks = []
        for order, odds in zip(orders, self._odds_of(encoded, orders), strict=True):
            language, is_sure = order.choose(odds)
            nothing = Claim(
                text="", speech_ms=order.speech_ms, log_probability=0.0, no_speech_probability=1.0
            )
            blanks.append(Draft(claim=nothing, language=language, is_sure=is_sure, odds=odds))
        return blanks

    def _filled(
        self,
        encoded: Encoded,
        orders: Sequence[Order],
        blanks: Sequence[Draft],
        effort: Effort,
        size: Size,
    ) -> Sequence[Draft]:
        worth = [
            blank.is_sure or not order.only_if_sure
            for order, blank in zip(orders, blanks, strict=True)
        ]
        if not any(worth):
            return blanks
        wishes = [
            Wish(language=blank.language, hotwords=self._told(order))
            for order, blank in zip(orders, blanks, strict=True)
        ]
        decoded = self._decoder.decode(encoded, wishes, effort.search(size))
        return [
            replace(blank, claim=_claimed(words, blank.claim.speech_ms)) if wanted else blank
            for blank, words, wanted in zip(blanks, decoded, worth, strict=True)
        ]

    def _odds_of(self, encoded: Encoded, orders: Sequence[Order]) -> Sequence[Odds]:
        known = [order.odds for order in orders if order.odds is not None]
        return known if len(known) == len(orders) else self._odds(encoded)

    def _odds(self, encoded: Encoded) -> list[Odds]:
        """Nothing to find out where one language alone is allowed."""
        if len(self._allowed) == 1:
            return [{self._allowed[0]: 1.0} for _ in range(encoded.rows)]
        return [
            among_ours(everything, self._allowed) for everything in self._decoder.languages(encoded)
        ]


def _claimed(decoded: Decoded, speech_ms: int) -> Claim:
    return Claim(
        text=decoded.text,
        speech_ms=speech_ms,
        log_probability=decoded.log_probability,
        no_speech_probability=decoded.no_speech_probability,
        is_cut_off=decoded.is_cut_off,
    )
