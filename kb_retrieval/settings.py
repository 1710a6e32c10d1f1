"""Hold what an operator may change about finding knowledge."""

from dataclasses import dataclass
from pathlib import Path

from domain.language import ZH, LanguageTag

STARTER = Path(__file__).with_name("starter")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeSettings:
    """``articles_dir`` holds the YAML files.

    ``agent_language`` is the language passages are handed out in, whichever language they were found by.
    ``limit`` is how many passages one utterance may bring.
    """

    articles_dir: Path = STARTER
    agent_language: LanguageTag = ZH
    limit: int = 5
