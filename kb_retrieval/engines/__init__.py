"""Plug machines into the room's sockets; only `app/wiring.py` names them."""
