"""Drift, hiring yield and the static report site."""
