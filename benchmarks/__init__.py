"""The fast paths of the product against the naive ways, measured side by side: ``make bench``."""
