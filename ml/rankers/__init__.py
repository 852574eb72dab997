"""The rankers: voting forests, their training data, validation and promotion (design section 6)."""
