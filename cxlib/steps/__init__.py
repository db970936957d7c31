"""The seven steps, with a start before and the whole strategy after: each checks decisions and computes a section."""
