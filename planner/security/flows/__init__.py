"""The flows of a cluster, asked of a design: every zone pair, every verdict."""
