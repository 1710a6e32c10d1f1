"""Find days and times of day and write them in ISO 8601."""

from collections.abc import Iterator
from datetime import date

from domain.understanding import EntityKind
from nlu.entities.mention import Mention
from nlu.entities.moment_en import find_english_moments
from nlu.entities.moment_zh import find_chinese_moments


def find_moments(text: str, *, today: date) -> Iterator[Mention]:
    """The longest reading first.

    Values: ``2026-11-21``, ``2026-11-21T15:30``, ``T15:30`` when no day was said, a week or month where only
    that was said, and an interval for a part of a day (``2026-11-21T12:00/2026-11-21T18:00``).
    """
    found = [*find_chinese_moments(text, today), *find_english_moments(text, today)]
    for start, end, value in sorted(found, key=lambda moment: moment[0] - moment[1]):
        yield Mention(kind=EntityKind.TIME, value=value, start_char=start, end_char=end)
