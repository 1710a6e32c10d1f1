"""List the HTTP API on one plain page that needs no network: no script, no font, nothing from elsewhere."""

from collections.abc import Iterator
from html import escape
from typing import Any

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code{background:#8882;padding:.1em .3em;border-radius:3px}section{border-top:1px solid #8884;padding:.5rem 0}"
    "h2{font-size:1rem;margin:.5rem 0}li{margin:.2rem 0}"
)


def api_page(openapi: dict[str, Any]) -> str:
    """The operations of an OpenAPI document as HTML."""
    info = openapi["info"]
    title = escape(f"{info['title']} {info['version']}")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"<h1>{title}</h1><p>{escape(info.get('description', ''))}</p>"
        '<p>The same for machines: <a href="/api/openapi.json">/api/openapi.json</a>.</p>'
        + "".join(_operations(openapi["paths"]))
        + "</html>"
    )


def _operations(paths: dict[str, Any]) -> Iterator[str]:
    for path, methods in sorted(paths.items()):
        for method, operation in methods.items():
            yield (
                f"<section><h2><code>{escape(method.upper())} {escape(path)}</code></h2>"
                f"<p>{escape(operation.get('description') or operation.get('summary', ''))}</p>"
                f"<ul>{''.join(_parameters(operation))}{''.join(_answers(operation))}</ul></section>"
            )


def _parameters(operation: dict[str, Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        need = "" if parameter.get("required") else " (optional)"
        note = escape(parameter.get("description", ""))
        yield f"<li>{parameter['in']} <code>{escape(parameter['name'])}</code>{need} {note}</li>"
    for kind, body in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<li>body <code>{escape(kind)}</code> {escape(_shape(body))}</li>"


def _answers(operation: dict[str, Any]) -> Iterator[str]:
    for status, answer in operation.get("responses", {}).items():
        shapes = ", ".join(filter(None, map(_shape, answer.get("content", {}).values())))
        yield f"<li>{escape(status)} {escape(answer.get('description', ''))} <code>{escape(shapes)}</code></li>"


def _shape(content: dict[str, Any]) -> str:
    return str(content.get("schema", {}).get("$ref", "")).rsplit("/", 1)[-1]
