"""Write the JSON Schemas of what leaves the house to `docs/wire/`; a test holds the files to the code."""

import json
import sys
from pathlib import Path

from console.shapes import CallView
from console.wire import DESK_MESSAGE


def schemas() -> dict[str, str]:
    """File name → the text it must have."""
    documents = {
        "call-view.schema.json": CallView.model_json_schema(mode="serialization"),
        "desk-message.schema.json": DESK_MESSAGE.json_schema(mode="serialization"),
    }
    return {
        name: json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        for name, document in documents.items()
    }


def write_schemas(directory: Path) -> None:
    for name, content in schemas().items():
        (directory / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
