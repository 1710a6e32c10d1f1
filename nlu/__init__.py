"""Turn words into meaning: what the caller wants, how urgent it is, and what was named."""

from nlu.evaluation import Evaluation, evaluate
from nlu.examples import load_examples
from nlu.redaction import mask_personal_data
from nlu.session import UnderstandingService
from nlu.settings import NluSettings
from nlu.taxonomy import load_taxonomy

__all__ = [
    "Evaluation",
    "NluSettings",
    "UnderstandingService",
    "evaluate",
    "load_examples",
    "load_taxonomy",
    "mask_personal_data",
]
