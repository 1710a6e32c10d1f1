"""Rehearse with people who are not there: demonstration conversations and a simulated callee.

Everything here is a client of the product and uses the same wire as a real telephone system. All of its speech is
synthetic and labelled so on every page.
"""

__all__: list[str] = []
