"""Throw bytes at every parser that strangers reach, and count what is not a clear refusal."""
