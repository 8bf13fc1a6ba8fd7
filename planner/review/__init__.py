"""Judges a design, planned or observed, by sourced rules; asks nobody and changes nothing."""
