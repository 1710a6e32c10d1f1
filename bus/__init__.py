"""Carry facts between rooms: the corridor.

Rooms import `bus.port` only; which corridor is behind it is the caretaker's business.
"""
