"""Find words in everything that was said; `sqlite_fts` is the index, the files beside it know about writing systems."""
