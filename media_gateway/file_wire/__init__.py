"""Bring a recording in as a call: in real time, or as fast as it can be heard."""
