"""What job descriptions ask for, with the quote that says so."""

from ml.matching.requirements.read import READER, Requirement, read_requirements

__all__ = ["READER", "Requirement", "read_requirements"]
