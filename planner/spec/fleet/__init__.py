"""Fleets: many clusters whose addresses come from common pools."""
