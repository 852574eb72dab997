"""Batches of scores: opened, matched, scored in parts, ranked and published at once."""
