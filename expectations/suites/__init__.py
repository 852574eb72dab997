"""What is expected of each layer; one module per layer, each with a function ``subjects``."""
