"""Packet questions over a design: can this reach that, and if not, which component stops it."""
