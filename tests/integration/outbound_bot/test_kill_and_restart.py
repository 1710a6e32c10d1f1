"""Kill a campaign in the middle, start it again: nobody is called twice and nobody is forgotten."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.called_people import HANG_UP, KEY, NO_ANSWER

ROOT = Path(__file__).parents[3]
PROGRAM = Path(__file__).with_name("survey_process.py")
SCRIPT = ROOT / "rehearsal" / "data" / "survey" / "return-visit.yaml"
HAPPY = ["可以", "联系过了", "已经解决了", "很满意"]
PEOPLE = {
    "sim:aa": HAPPY,
    "sim:bb": ["好的", "有", "还没有解决", "对", "不满意", "是的"],
    "sim:cc": HAPPY,
    "sim:dd": [KEY + "1", KEY + "1", KEY + "1", KEY + "1"],
    "sim:ee": [],
    "sim:ff": ["可以", HANG_UP],
    "sim:gg": HAPPY,
    "sim:hh": HAPPY,
}


class Survey:
    """The campaign's files, and the process that works on it."""

    def __init__(self, folder: Path, script: str, people: dict[str, list[str]]) -> None:
        self.data = folder / "data"
        self._files = [folder / name for name in ("script.yaml", "contacts.csv", "replies.json")]
        rows = [f"c{n},Person {n},{number},zh,T-{n}" for n, number in enumerate(people)]
        header = "contact_id,name,phone,language,ticket_ref"
        for file, text in zip(
            self._files, (script, "\n".join([header, *rows, ""]), json.dumps(people)), strict=True
        ):
            file.write_text(text, encoding="utf-8")
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, str(PROGRAM), str(self.data), *map(str, self._files)]
        process = subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})
        self._processes.append(process)
        return process

    def dialled(self) -> list[str]:
        file = self.data / "dialled.txt"
        return file.read_text(encoding="utf-8").split() if file.exists() else []

    def wait_until_dialled(self, count: int) -> None:
        deadline = time.monotonic() + 60
        while len(self.dialled()) < count:
            assert time.monotonic() < deadline, f"only {self.dialled()} were dialled"
            time.sleep(0.02)

    def outcomes(self) -> dict[str, str | None]:
        with sqlite3.connect(self.data / "openhotline.db") as database:
            return dict(database.execute("SELECT phone, outcome FROM campaign_contacts"))

    def cut_off(self) -> set[str]:
        """Whose attempt was begun and nobody knows how it ended: their telephone may have rung."""
        with sqlite3.connect(self.data / "openhotline.db") as database:
            rows = database.execute(
                "SELECT phone FROM campaign_attempts JOIN campaign_contacts USING (contact_id)"
                " WHERE campaign_attempts.outcome IS NULL"
            )
            return {phone for (phone,) in rows}

    def told(self) -> Counter[str]:
        """How often the house was told that a contact is finished."""
        with sqlite3.connect(self.data / "openhotline.db") as database:
            rows = database.execute("SELECT payload FROM events WHERE kind = 'SurveyFinished'")
            return Counter(json.loads(payload)["result"]["contact_id"] for (payload,) in rows)

    def close(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            process.wait()


@pytest.fixture
def survey(tmp_path: Path) -> Iterator[Survey]:
    survey = Survey(tmp_path, SCRIPT.read_text(encoding="utf-8"), PEOPLE)
    yield survey
    survey.close()


@pytest.mark.parametrize("killed_after", [1, 3, 5])
def test_a_killed_campaign_calls_nobody_twice_and_forgets_nobody(
    survey: Survey, killed_after: int
) -> None:
    first = survey.start()
    survey.wait_until_dialled(killed_after)
    first.send_signal(signal.SIGKILL)
    first.wait()
    cut_off = survey.cut_off()

    assert survey.start().wait(timeout=90) == 0
    outcomes = survey.outcomes()
    assert cut_off
    assert {number for number, outcome in outcomes.items() if outcome == "interrupted"} == cut_off
    assert set(survey.told()) == {f"c{n}" for n in range(len(PEOPLE))}
    check_nobody_is_called_twice_or_forgotten(survey)


def test_killed_three_times_it_still_comes_to_its_end(survey: Survey) -> None:
    for dialled in (1, 2, 3):
        process = survey.start()
        survey.wait_until_dialled(dialled)
        process.send_signal(signal.SIGKILL)
        process.wait()

    assert survey.start().wait(timeout=90) == 0
    check_nobody_is_called_twice_or_forgotten(survey)


def test_stopped_politely_it_goes_on_where_it_was(survey: Survey) -> None:
    first = survey.start()
    survey.wait_until_dialled(3)
    first.send_signal(signal.SIGINT)
    first.wait(timeout=30)

    assert survey.start().wait(timeout=90) == 0
    check_nobody_is_called_twice_or_forgotten(survey)


def test_a_retry_waits_through_a_kill(tmp_path: Path) -> None:
    script = SCRIPT.read_text(encoding="utf-8").replace(
        "attempts: 1, wait_seconds: 3600", "attempts: 2, wait_seconds: 3"
    )
    survey = Survey(tmp_path, script, {"sim:aa": [NO_ANSWER, *HAPPY]})
    try:
        first = survey.start()
        survey.wait_until_dialled(1)
        time.sleep(0.5)  # the retry is being queued; killing earlier would be the test above
        first.send_signal(signal.SIGKILL)
        first.wait()
        # The person now answers: replies live in the process, the attempt on disk.
        (tmp_path / "replies.json").write_text(json.dumps({"sim:aa": HAPPY}), encoding="utf-8")

        assert survey.start().wait(timeout=60) == 0
        assert survey.dialled() == ["sim:aa", "sim:aa"]
        assert survey.outcomes() == {"sim:aa": "completed"}
    finally:
        survey.close()


def check_nobody_is_called_twice_or_forgotten(survey: Survey) -> None:
    """Who was not dialled died with us between the attempt's record and the dialling, and goes to a person."""
    outcomes, dialled = survey.outcomes(), Counter(survey.dialled())
    assert set(dialled.values()) == {1}
    assert set(outcomes) == set(PEOPLE)
    assert None not in outcomes.values()
    assert {outcomes[number] for number in PEOPLE if number not in dialled} <= {"interrupted"}
