"""Ask a telephone system over HTTP for an outgoing call.

``POST {line_url}/calls`` with ``{call_id, number, wire_url, campaign_contact}``; the answer comes when the far side
answered (200), did not (480, 408) or was busy (486). The call's sound then arrives on ``wire_url``.
"""

import httpx

from domain.errors import EngineError, InputError, Refused
from domain.ids import CallId

NO_ANSWER = (httpx.codes.REQUEST_TIMEOUT, 480)
BUSY = 486
TRY_LATER = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)


class HttpLine:
    """One telephone system."""

    def __init__(
        self, *, client: httpx.AsyncClient, line_url: str, wire_url: str, ring_timeout_s: float
    ) -> None:
        """``wire_url`` is where the telephone system brings the sound. The client stays its owner's."""
        if not line_url.startswith(("http://", "https://")):
            raise InputError(
                "outbound_bot.line_url", "expected a line URL that starts with http:// or https://"
            )
        self._client = client
        self._calls_url = line_url.rstrip("/") + "/calls"
        self._wire_url = wire_url
        self._timeout = httpx.Timeout(ring_timeout_s, connect=5.0)

    async def place_call(self, call_id: CallId, number: str, *, campaign_contact: str) -> None:
        """Raises Refused("line.no_answer"|"line.busy"|"line.rejected").

        Raises EngineError("line.down", retryable) when the call was certainly not placed, and EngineError("line.lost",
        not retryable) when the telephone may have rung.
        """
        order = {
            "call_id": call_id,
            "number": number,
            "wire_url": self._wire_url,
            "campaign_contact": campaign_contact,
        }
        try:
            answer = await self._client.post(self._calls_url, json=order, timeout=self._timeout)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise EngineError(
                "line.down", "the telephone line cannot be reached; is it running?", retryable=True
            ) from error
        except httpx.ReadTimeout as error:
            raise Refused("line.no_answer", "it rang longer than we wait") from error
        except httpx.HTTPError as error:
            raise EngineError(
                "line.lost",
                f"the line went away while dialling ({type(error).__name__})",
                retryable=False,
            ) from error
        _check(answer.status_code)


def _check(status: int) -> None:
    if status == httpx.codes.OK:
        return
    if status in NO_ANSWER:
        raise Refused("line.no_answer", "nobody answered")
    if status == BUSY:
        raise Refused("line.busy", "the number is busy")
    if status in TRY_LATER:
        raise EngineError(
            "line.down", f"the telephone line takes no calls now (HTTP {status})", retryable=True
        )
    if status < httpx.codes.INTERNAL_SERVER_ERROR:
        raise Refused(
            "line.rejected", f"the telephone line does not dial this number (HTTP {status})"
        )
    raise EngineError("line.lost", f"the telephone line failed (HTTP {status})", retryable=False)
