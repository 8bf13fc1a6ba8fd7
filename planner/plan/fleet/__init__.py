"""Addresses of many clusters at once."""
