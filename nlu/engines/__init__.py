"""Plug machines into the sockets of understanding; only the caretaker may name them."""
