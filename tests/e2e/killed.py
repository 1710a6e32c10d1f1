"""Let a product die in the middle of a call and a survey, and start it again."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.demonstration import write_beginning
from tests.e2e.product import Client, Product, firm_words, running_product, wait_for
from tests.e2e.survey import run_arguments, write_contacts

CALL_S = 300.0  # longer than a bot that says everything for the first time needs to begin
SPEAKS_WITHIN_S = 60.0
BOT_SPEAKS_WITHIN_S = 200.0


@dataclass(frozen=True)
class Killed:
    """A product in its second life, and what there was in its first."""

    product: Product
    before: dict[str, Any]
    caller: Client
    survey: Client


@contextmanager
def a_killed_product(folder: Path) -> Iterator[Killed]:
    """Killed while a citizen talks and the bot asks the first of two people, the second about the citizen's ticket."""
    recording = write_beginning(folder / "sent.wav", CALL_S)
    with running_product(folder, HOTLINE_OUTBOUND__LINES="1") as product:
        caller = product.client("call", recording, "--title", "Cut off", name="call")
        with closing(caller):
            talk = wait_for("a ticket is drafted", lambda: drafted(product), SPEAKS_WITHIN_S)
            contacts = write_contacts(
                folder / "contacts.csv",
                ("c1", "王建国", "sim:yes", "zh"),
                ("c2", "李秀英", "sim:no", "zh", talk["ticket_drafts"][0]["ticket_id"]),
            )
            survey = product.client(*run_arguments(contacts), name="survey")
            with closing(survey):
                wait_for("the bot speaks", lambda: bot_has_spoken(product), BOT_SPEAKS_WITHIN_S)
                before = product.call(talk["call_id"])
                product.kill()
                product.start()
                yield Killed(product=product, before=before, caller=caller, survey=survey)


def drafted(product: Product) -> dict[str, Any] | None:
    views = [product.call(call["call_id"]) for call in product.calls()]
    return next((view for view in views if view["ticket_drafts"]), None)


def bot_has_spoken(product: Product) -> bool:
    outbound = [call for call in product.calls() if call["direction"] == "outbound"]
    return any(firm_words(product.call(call["call_id"]), "bot") for call in outbound)
