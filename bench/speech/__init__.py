"""Measure speech recognition on labelled recordings, beside a plain library on the same sound."""
