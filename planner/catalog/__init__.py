"""Dated facts: instance types, zones, Kubernetes versions, endpoint services, limits."""
