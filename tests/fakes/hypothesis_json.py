"""Draw what strangers send as text: any text, any JSON, and JSON that almost speaks the protocol."""

import json

from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def texts_with(fields: list[str], values: list[str]) -> st.SearchStrategy[str]:
    """Objects, also nested ones, of these field names and values among others."""
    value = st.sampled_from(values) | JSON
    flat = st.dictionaries(st.sampled_from(fields), value)
    nested = st.dictionaries(st.sampled_from(fields), flat | value)
    return st.text() | JSON.map(json.dumps) | nested.map(json.dumps)
