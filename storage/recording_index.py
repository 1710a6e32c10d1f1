"""Keep the few facts beside a recording: whose it is, how long, and when its samples were heard."""

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from domain.audio import Leg
from domain.ids import CallId
from storage.faults import naming_file_faults

MARK_EVERY_S = 60
LEAST_MARK_S = 1  # gaps that follow each other faster share a mark
TOLERATED_S = 2.0  # how unevenly sound may be written and still tell the time


@dataclass(frozen=True, slots=True)
class SampleTime:
    """When a sample was heard."""

    sample: int
    at: datetime


class SampleTimes:
    """The marks of one recording: its first sample, one a minute, and where sound goes on after a gap.

    Sound written far faster than it was heard (silence that fills a gap, a file read at full speed) gets no mark of
    the minute, because the clock says nothing about it.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        self._rate_hz = sample_rate_hz
        self._is_wanted = True
        self._minute: SampleTime | None = None
        self.marks: list[SampleTime] = []

    def want(self) -> None:
        """Mark what comes next: it follows a gap."""
        self._is_wanted = True

    def note(self, sample: int, samples: int, now: datetime) -> bool:
        """Sound from ``sample`` on, the last of which was heard just now. Returns whether a minute was marked."""
        here = SampleTime(sample, now - timedelta(seconds=samples / self._rate_hz))
        if self._is_wanted:
            self._is_wanted = False
            self._mark_gap(here)
            return False
        if self._minute is not None and sample - self._minute.sample < self._rate_hz * MARK_EVERY_S:
            return False
        tells = self._agrees(here, self._minute) or self._agrees(here, self._last)
        self._minute = here
        if tells:
            self.marks.append(here)
        return tells

    @property
    def _last(self) -> SampleTime | None:
        return self.marks[-1] if self.marks else None

    def _mark_gap(self, here: SampleTime) -> None:
        last = self._last
        if last is None or here.sample - last.sample >= self._rate_hz * LEAST_MARK_S:
            self.marks.append(here)
            self._minute = here

    def _agrees(self, here: SampleTime, there: SampleTime | None) -> bool:
        if there is None:
            return False
        heard_s = (here.sample - there.sample) / self._rate_hz
        return abs((here.at - there.at).total_seconds() - heard_s) <= TOLERATED_S


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingIndex:
    """The JSON file beside a recording, replaced as a whole so that no reader sees half of it."""

    path: Path
    call_id: CallId
    leg: Leg
    sample_rate_hz: int
    started_at: str

    def write(self, *, samples: int, complete: bool, times: tuple[SampleTime, ...] = ()) -> None:
        """Raises StorageError."""
        facts = {
            "call_id": self.call_id,
            "leg": self.leg,
            "sample_rate_hz": self.sample_rate_hz,
            "started_at": self.started_at,
            "samples": samples,
            "complete": complete,
            "sample_times": [
                [mark.sample, mark.at.isoformat(timespec="milliseconds")] for mark in times
            ],
        }
        fresh = self.path.with_suffix(".json.new")
        with naming_file_faults(self.path):
            fresh.write_text(json.dumps(facts) + "\n", encoding="utf-8")
            os.replace(fresh, self.path)


def says_complete(path: Path) -> bool:
    """Whether the index of a recording says that it was closed in order; no index, no opinion."""
    try:
        return bool(json.loads(path.read_text(encoding="utf-8")).get("complete"))
    except (OSError, ValueError, AttributeError):
        return False
