"""Speak SIP: take calls from a switch or a trunk, place calls, and keep every dialog's promises."""
