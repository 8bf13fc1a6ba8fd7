"""The rule catalogue, one file per rule, grouped as the catalogue is."""
