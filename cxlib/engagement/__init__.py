"""What the client told us: the engagement folder, its settings and the decisions of the seven steps."""
