"""Serve the built web side; every address that is not a file is the one page, which finds its own way."""

import asyncio
from pathlib import Path, PurePosixPath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from console.errors import problem

STATIC = Path(__file__).parent / "static"

NOT_BUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>OpenHotline</title>
<h1>网页尚未构建</h1><p>请运行 <code>make run</code>，它会先构建网页再启动。接口已经可用：<a href="/api/docs">/api/docs</a></p>
<h1 lang="en">The pages are not built yet</h1><p lang="en">Run <code>make run</code>, which builds them first.
The API works already: <a href="/api/docs">/api/docs</a></p></html>"""
_FOREVER = (
    "public, max-age=31536000, immutable"  # names under assets/ carry a hash of their content
)


class Pages:
    """An ASGI application over a directory that may be built, or built anew, while we run."""

    def __init__(self, directory: Path = STATIC) -> None:
        self._index = directory / "index.html"
        self._files = StaticFiles(directory=directory, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise HTTPException(404, "there is nothing here; see /api/docs")
        await (await self._answer(scope))(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        path = self._files.get_path(scope)
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, "only GET is understood here; see /api/docs")
        parts = PurePosixPath(path).parts
        if scope["path"].startswith(("/api/", "/wire/")):
            raise HTTPException(404, "there is nothing here; see /api/docs")
        if not await asyncio.to_thread(self._index.is_file):
            return _not_built(scope)
        if parts:
            try:
                return _cached(await self._files.get_response(path, scope), parts[0])
            except HTTPException as error:
                if error.status_code != 404 or PurePosixPath(path).suffix:
                    raise HTTPException(404, "there is no such page; start at /") from error
        return FileResponse(self._index, headers={"Cache-Control": "no-cache"})


def _cached(answer: Response, folder: str) -> Response:
    answer.headers["Cache-Control"] = _FOREVER if folder == "assets" else "no-cache"
    return answer


def _not_built(scope: Scope) -> Response:
    if "text/html" in Request(scope).headers.get("accept", ""):
        return HTMLResponse(NOT_BUILT, status_code=503)
    return problem(503, "console.pages_not_built", "the pages are not built yet; run: make run")
