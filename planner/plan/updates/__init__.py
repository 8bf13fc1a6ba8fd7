"""Updates of a plan's or a running cluster's node groups and control plane: time, peaks, what stops them."""
