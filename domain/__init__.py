"""Name what moves through the house: calls, sound, words, meaning and the facts about them.

Standard library only. Data types live here; trained weights live in `models/`.
"""
