"""Fold the facts of one call into what a page shows; pure, one noun a file."""
