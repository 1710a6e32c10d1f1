"""Take care of the house: settings, wiring, starting, stopping and the `hotline` command."""

__all__: list[str] = []
