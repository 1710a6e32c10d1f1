"""Answer every failure in one shape: a status, a stable code and a sentence."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from console.shapes import Problem, ProblemPage
from domain.errors import (
    ContactCentreError,
    EngineError,
    InputError,
    NotFound,
    Refused,
    StorageError,
)

log = logging.getLogger(__name__)

STATUS: dict[type[ContactCentreError], int] = {
    InputError: 400,
    NotFound: 404,
    Refused: 409,
    EngineError: 503,
    StorageError: 503,
}


def answer_errors(app: FastAPI) -> None:
    """Make the application answer all its errors our way."""
    app.add_exception_handler(ContactCentreError, _named)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def problem(status: int, code: str, message: str) -> JSONResponse:
    page = ProblemPage(error=Problem(code=code, message=message))
    return JSONResponse(page.model_dump(), status_code=status)


async def _named(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ContactCentreError)  # noqa: S101 — for the type checker; registered for this class only
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    if status >= 500:
        log.error("a request failed", extra={"code": error.code, "error": error.message})
    return problem(status, error.code, error.message)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    """Say which field and what was expected; never repeat what came, it may be somebody's words."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 — for the type checker; registered for this class only
    told = [
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
        for fault in error.errors()
    ]
    return problem(422, "console.request", f"The request cannot be used: {'; '.join(told)}")


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 — for the type checker; registered for this class only
    answer = problem(error.status_code, f"http.{error.status_code}", str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


async def _unexpected(_: Request, __: Exception) -> JSONResponse:
    return problem(
        500, "console.unexpected", "something went wrong on our side; the log has the story"
    )
