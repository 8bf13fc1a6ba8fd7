"""Version updates of managed node groups, played phase by phase (notes N16, N21)."""
