"""Speak with telephone systems, one file per dialect."""
