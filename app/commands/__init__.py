"""Answer the sub-commands of `hotline`, one file a noun."""

__all__: list[str] = []
