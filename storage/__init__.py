"""Remember what happened: facts, tickets, campaigns, recordings and every word that was said.

This is the only package that speaks SQL.
"""

from storage.engine import Database, open_database

__all__ = ["Database", "open_database"]
