"""Play the demonstration calls to a product from a process of their own."""

from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from app.commands.prepare import staged_conversations
from app.machines import MachineSettings
from domain.errors import EngineError
from models import Shelf, weights_root
from rehearsal.conversation import Conversation, load_conversations
from tests.e2e.product import Client, Product, firm_words, wait_for, whole_call

RINGS_WITHIN_S = 30.0
SPEAKS_WITHIN_S = 30.0
OVER_WITHIN_S = 200.0


def missing_on_this_machine() -> list[str]:
    """Weights and recordings the product and its demonstration want and which are not here."""
    machines, shelf = MachineSettings(), Shelf(weights_root())
    wanted = (
        machines.speech_to_text,
        machines.voice_activity,
        machines.embedder,
        machines.voice,
    )
    staged = {item.conversation.name for item in staged_conversations()}
    return [model_id for model_id in wanted if not _is_here(shelf, model_id)] + [
        conversation.name
        for conversation in load_conversations()
        if conversation.name not in staged
    ]


def _is_here(shelf: Shelf, model_id: str) -> bool:
    try:
        shelf.path(model_id)
    except EngineError:
        return False
    return True


def write_beginning(path: Path, seconds: float) -> Path:
    """The first seconds of the first demonstration call: an agent's greeting, then what the caller wants.

    Said over and over when more seconds are asked for than it lasts.
    """
    whole, rate_hz = soundfile.read(staged_conversations()[0].recording, dtype="int16")
    samples = int(seconds * rate_hz)
    often = np.tile(whole, (samples // len(whole) + 1, 1))
    soundfile.write(path, often[:samples], rate_hz, subtype="PCM_16")
    return path


class Demonstration:
    """The four scripted calls. They take a minute and a half, so tests share one performance where they can."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.conversations: tuple[Conversation, ...] = load_conversations()
        self._performance: Client | None = None

    def begin(self) -> None:
        """Another performance from its first second."""
        self.close()
        self._performance = self.product.client("rehearse", name="rehearse")

    def calls(self) -> dict[str, dict[str, Any]]:
        """The newest call of each conversation, by the conversation's name; summaries."""
        titles = {conversation.title: conversation.name for conversation in self.conversations}
        oldest_first = reversed(self.product.calls())
        return {titles[call["title"]]: call for call in oldest_first if call["title"] in titles}

    def a_live_call(self) -> dict[str, Any]:
        """One with firm words, and more to come."""
        if self._performance is None or self._performance.process.poll() is not None:
            self.begin()
        return wait_for(
            "a demonstration call speaks", self._speaking, SPEAKS_WITHIN_S + RINGS_WITHIN_S
        )

    def ended(self) -> dict[str, dict[str, Any]]:
        """Every call of a whole performance with all its words, by the conversation's name."""
        if self._performance is None:
            self.begin()
        assert self._performance is not None
        assert self._performance.ends(OVER_WITHIN_S) == 0, self._performance.complained()
        return {
            name: self._to_its_last_word(call["call_id"]) for name, call in self.calls().items()
        }

    def close(self) -> None:
        if self._performance is not None:
            self._performance.close()

    def _speaking(self) -> dict[str, Any] | None:
        live = [call for call in self.product.calls() if call["state"] == "live"]
        views = [self.product.call(call["call_id"]) for call in live]
        return next((view for view in views if firm_words(view)), None)

    def _to_its_last_word(self, call_id: str) -> dict[str, Any]:
        what = f"the last words of call {call_id}"
        return wait_for(what, lambda: whole_call(self.product, call_id), SPEAKS_WITHIN_S)
