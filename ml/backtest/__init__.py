"""Past quarters replayed: what the rankers of then would have made of the people who came next (docs/adr/0015)."""
