"""What a resume says: its facts, each with the words that it came from, without the person's own data."""
