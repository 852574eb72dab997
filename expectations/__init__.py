"""Gates on the data: Great Expectations checkpoints per layer, and the proofs that protected attributes stay out."""
