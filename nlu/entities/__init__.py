"""Find phone numbers, ID numbers, times, amounts, organisations and addresses, each with the place it stands."""

from nlu.entities.reading import find_entities

__all__ = ["find_entities"]
