"""Let the bot call rehearsed people, and read what became of it."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.e2e.product import Product

SURVEY = Path(__file__).parents[2] / "rehearsal" / "data" / "survey"
SCRIPT = SURVEY / "return-visit.yaml"
COLUMNS = ("contact_id", "name", "phone", "language", "ticket_ref")


def write_contacts(path: Path, *people: tuple[str, ...]) -> Path:
    """Each: id, name, number, language and perhaps the ticket the visit is about."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows([*person, ""][: len(COLUMNS)] for person in people)
    return path


def run_arguments(contacts: Path) -> tuple[object, ...]:
    """What `hotline` is told; the simulated line comes with it."""
    return ("campaign", "run", "--script", SCRIPT, "--contacts", contacts, "--json")


def dialled(product: Product) -> Counter[str]:
    """How often each contact's telephone was rung, from the log of the line itself."""
    log = product.client_data_dir / "callee-calls.jsonl"
    if not log.exists():
        return Counter()
    lines = log.read_text(encoding="utf-8").splitlines()
    return Counter(json.loads(line)["campaign_contact"] for line in lines)


def running_campaign(product: Product) -> dict[str, Any]:
    """The newest campaign, with its contacts."""
    newest = product.get("/api/campaigns")["campaigns"][0]
    found: dict[str, Any] = product.get(f"/api/campaigns/{newest['campaign_id']}")
    return found


def contact(campaign: dict[str, Any], contact_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        person for person in campaign["contacts"] if person["contact_id"] == contact_id
    )
    return found


def answers(person: dict[str, Any]) -> dict[str, str]:
    """By question."""
    return {answer["question_id"]: answer["value"] for answer in person["answers"]}
