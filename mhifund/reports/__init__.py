"""The reports of a night: what is in them, and where they lie.

Headings and words are Kazakh and Russian side by side, as the Fund's papers are: one file serves
both, and is the same whoever takes it, so that its hash means something.
"""
