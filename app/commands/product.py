"""Ask a running product over HTTP, and say plainly when it does not answer."""

from typing import Any

import httpx

from domain.errors import ContactCentreError, EngineError, InputError, NotFound

DEFAULT_URL = "http://127.0.0.1:8000"
TIMEOUT_S = 30.0
URL_HELP = "Where the product runs."


class Product:
    """The HTTP API of one running product."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def get(self, path: str, **query: object) -> Any:
        """The JSON answer. Raises NotFound on 404, InputError on other refusals, EngineError when nobody answers."""
        return self._ask(
            "GET",
            path,
            params={key: str(value) for key, value in query.items() if value is not None},
        )

    def post(self, path: str, body: dict[str, object]) -> Any:
        return self._ask("POST", path, json=body)

    def _ask(self, method: str, path: str, **request: Any) -> Any:
        try:
            answer = httpx.request(
                method, self.url + path, timeout=TIMEOUT_S, trust_env=False, **request
            )
        except httpx.InvalidURL as error:
            raise InputError(
                "cli.url", f"{self.url} is not an address; expected one like {DEFAULT_URL}"
            ) from error
        except httpx.HTTPError as error:
            raise EngineError(
                "cli.unreachable",
                f"no OpenHotline answers at {self.url}; start it with: hotline serve",
                retryable=True,
            ) from error
        if answer.is_error:
            raise _refusal(answer)
        return answer.json()


def _refusal(answer: httpx.Response) -> ContactCentreError:
    try:
        error = answer.json()["error"]
        code, message = str(error["code"]), str(error["message"])
    except (ValueError, KeyError, TypeError):
        code, message = (
            "cli.answer",
            f"the product answered {answer.status_code} to {answer.request.url}",
        )
    return (
        NotFound(code, message)
        if answer.status_code == httpx.codes.NOT_FOUND
        else InputError(code, message)
    )
