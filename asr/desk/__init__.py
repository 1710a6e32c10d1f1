"""Bring asks to the machines that read, and bring their answers back."""
