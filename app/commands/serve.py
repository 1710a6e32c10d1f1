"""Answer `hotline serve`: start the product without the demonstration."""

import asyncio
from typing import Annotated

import typer

from app.logs import set_up_logs
from app.ports import open_port
from app.settings import load_settings

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def serve(
    host: Annotated[
        str,
        typer.Option(
            help="Address to listen on; the product has no sign-in yet, so keep it on this machine."
        ),
    ] = DEFAULT_HOST,
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 takes a free one.")
    ] = DEFAULT_PORT,
) -> None:
    """Start the product. Ctrl-C drains the calls and ends it."""
    settings = load_settings()
    open_port(host, port).close()  # said at once, before the engines are loaded
    set_up_logs(settings.log.level, keep_pii=settings.log.pii)
    from app.main import (
        serve as start,
    )  # the engines' libraries take seconds to import; other commands should not wait for them

    asyncio.run(start(settings, host, port))
