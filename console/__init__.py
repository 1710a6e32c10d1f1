"""Show what happens: the calls over HTTP, the desk's live socket, and the pages.

Import `console.asgi.build_app` to have it all as one ASGI application.
"""

from console.asgi import build_app

__all__ = ["build_app"]
