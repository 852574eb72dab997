"""Facetrank: rank job applications along four facets, and keep the rankers honest."""
