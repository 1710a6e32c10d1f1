"""Place texts with a sentence-transformers model that lies in a directory; never asks a network."""

import threading
from array import array
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import torch
from torch.nn.functional import normalize

from domain.errors import EngineError, InputError
from domain.ports import TextRole
from kb_retrieval.engines.mapped_weights import compute_in_float32, kept_precision
from kb_retrieval.engines.pieces import Pieces, read_pieces
from models.frugality import give_memory_back
from models.pool import InferencePool, Priority
from models.torchaudio_shim import allow_torchaudio

allow_torchaudio()  # transformers imports torchaudio where diarisation brought it, and fails if that fails

from sentence_transformers import SentenceTransformer  # noqa: E402
from tokenizers.models import Unigram  # noqa: E402
from transformers.utils import logging as transformers_logging  # noqa: E402

LONGEST_CHARS = (
    8_000  # the model reads 512 tokens; what lies beyond would be tokenised only to be dropped
)
LONGEST_TOKENS = 512  # where the model does not say
URGENCY = {TextRole.QUERY: Priority.FINAL, TextRole.PASSAGE: Priority.BACKGROUND}


class SentenceTransformerEmbedder:
    """An Embedder. Shared and immutable after load; texts of one ``embed`` never meet those of another.

    Each batch is its own job in the pool, so that a caller's question passes between two batches of articles.
    """

    def __init__(
        self,
        model: SentenceTransformer,
        *,
        model_id: str,
        pool: InferencePool,
        query_prefix: str = "query: ",
        passage_prefix: str = "passage: ",
        batch_size: int = 32,
        pieces: Pieces | None = None,
    ) -> None:
        """The prefixes are what the model was trained with; e5's by default, empty for models without.

        ``pieces`` cut texts in place of the model's own tokenizer.
        """
        self._model = model
        self._cut = pieces or self._tokenised
        self._model_id = model_id
        self._pool = pool
        self._prefixes = {TextRole.QUERY: query_prefix, TextRole.PASSAGE: passage_prefix}
        self._batch_size = batch_size
        self._dimension = _dimension(model, model_id)
        self._tokenising = (
            threading.Lock()
        )  # a fast tokenizer changes its padding per call and refuses a second thread

    @classmethod
    def load(
        cls,
        directory: Path,
        *,
        model_id: str,
        pool: InferencePool,
        device: str = "cpu",
        torch_threads: int = 1,
        query_prefix: str = "query: ",
        passage_prefix: str = "passage: ",
        batch_size: int = 32,
    ) -> Self:
        """Read the weights (1 to 2 s; call it off the event loop). ``torch_threads`` counts for the whole process."""
        torch.set_num_threads(torch_threads)
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(
                str(directory),
                device=device,
                local_files_only=True,
                model_kwargs={"dtype": kept_precision(directory), "add_pooling_layer": False},
            )
        except (OSError, ValueError, RuntimeError) as broken:
            raise EngineError(
                "kb_retrieval.embedder",
                f"{model_id} in {directory} cannot be loaded ({broken}); run: hotline models verify {model_id}",
                retryable=False,
            ) from broken
        compute_in_float32(model, _word_table(model))
        pieces = read_pieces(directory, model.max_seq_length or LONGEST_TOKENS)
        if pieces is not None:
            _forget_vocabulary(model)
        give_memory_back()
        return cls(
            model.eval(),
            model_id=model_id,
            pool=pool,
            query_prefix=query_prefix,
            passage_prefix=passage_prefix,
            batch_size=batch_size,
            pieces=pieces,
        )

    @property
    def model_id(self) -> str:
        return self._model_id

    @property
    def dimension(self) -> int:
        return self._dimension

    async def embed(self, texts: Sequence[str], *, role: TextRole) -> list["array[float]"]:
        """One unit-length vector per text, in order. Raises InputError on an empty text, before any work."""
        prepared = [self._prepare(text, role) for text in texts]
        vectors: list[array[float]] = []
        for start in range(0, len(prepared), self._batch_size):
            batch = prepared[start : start + self._batch_size]
            vectors += await self._pool.run(partial(self._infer, batch), priority=URGENCY[role])
        return vectors

    def _prepare(self, text: str, role: TextRole) -> str:
        bare = text.strip()
        if not bare:
            raise InputError(
                "kb_retrieval.empty_text", "expected words to embed, got an empty text"
            )
        return self._prefixes[role] + bare[:LONGEST_CHARS]

    def _tokenised(self, texts: Sequence[str]) -> dict[str, Any]:
        with self._tokenising:
            return dict(self._model.preprocess(texts))

    def _infer(self, texts: list[str]) -> list["array[float]"]:
        features = self._cut(texts)
        with torch.inference_mode():
            on_device = {
                name: value.to(self._model.device) if isinstance(value, torch.Tensor) else value
                for name, value in features.items()
            }
            sentences = normalize(self._model(on_device)["sentence_embedding"], dim=1).cpu()
        return [array("f", row) for row in sentences.tolist()]


def _word_table(model: SentenceTransformer) -> torch.nn.Module | None:
    transformer = model.transformers_model
    return None if transformer is None else transformer.get_input_embeddings()


def _forget_vocabulary(model: SentenceTransformer) -> None:
    """Its tokenizer is not asked any more, and is most of what a small model weighs in memory."""
    model.tokenizer.backend_tokenizer.model = Unigram([("<unk>", 0.0)], 0)


def _dimension(model: SentenceTransformer, model_id: str) -> int:
    dimension = model.get_embedding_dimension()
    if dimension is None:
        raise EngineError(
            "kb_retrieval.embedder",
            f"{model_id} does not say how long its vectors are",
            retryable=False,
        )
    return int(dimension)
