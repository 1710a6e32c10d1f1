"""Plug machines into outbound calling: a voice and a line; only the caretaker names them."""
