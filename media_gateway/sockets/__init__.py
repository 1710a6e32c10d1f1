"""Carry wires over WebSockets, one file per dialect."""
