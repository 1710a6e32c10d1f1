"""Ask the product for ports to send RTP to, and tell it that the call is over."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from domain.errors import InputError, Refused
from domain.ids import CallId

RTP_PATH = "/wire/rtp"
CONNECT_S = 10


class TakenLeg(BaseModel):
    """Where one leg is to be sent."""

    host: str
    port: int
    crypto: str | None = None


class TakenCall(BaseModel):
    """The product's answer."""

    call_id: str
    legs: list[TakenLeg]


class RtpDoor:
    """The HTTP door of the wire. ``address`` may begin with ``rtp://`` for ``http://``."""

    def __init__(self, address: str) -> None:
        """Raises InputError for what is no address."""
        scheme, found, rest = address.partition("://")
        product = f"http://{rest}" if found and scheme == "rtp" else address
        if urlsplit(product).scheme not in ("http", "https") or not urlsplit(product).hostname:
            raise InputError(
                "call.url", f"expected an address like rtp://127.0.0.1:8000, got {address!r}"
            )
        self._url = product.rstrip("/") + RTP_PATH
        self._client = httpx.AsyncClient(trust_env=False, timeout=CONNECT_S)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def begin(self, asked: Mapping[str, object]) -> TakenCall:
        """Raises InputError when nobody answers or what is asked cannot be, Refused when there is no place."""
        try:
            answer = await self._client.post(self._url, json=asked)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise InputError(
                "call.unreachable",
                f"nobody answers at {self._url}; start the product with: hotline serve",
            ) from None
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise Refused(
                "call.server_full", f"{self._url} takes no more calls now; try again later"
            )
        if answer.is_error:
            raise InputError("call.no_wire", f"{self._url} answered {answer.text[:300]}")
        try:
            return TakenCall.model_validate_json(answer.content)
        except ValidationError:
            raise InputError(
                "call.no_wire", f"expected ports from {self._url}, got something else"
            ) from None

    async def end(self, call_id: CallId) -> None:
        with suppress(httpx.HTTPError):
            await self._client.delete(f"{self._url}/{call_id}")
