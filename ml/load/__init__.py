"""Loading: from files to the landing tables."""
