"""From the bytes of a resume to its text, whatever kind of file it is, or to the reason why there is none."""
