"""Adapt speech machines to the room's sockets; only the caretaker names them."""
