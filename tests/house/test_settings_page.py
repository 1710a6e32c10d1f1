"""The page about settings says what the program reads."""

import pytest

from app.commands.settings_page import settings_page
from tests.house.project import ROOT


def test_the_settings_page_is_what_the_program_would_write(monkeypatch: pytest.MonkeyPatch) -> None:
    written = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    assert written == settings_page(), "run: hotline settings page > docs/settings.md"
