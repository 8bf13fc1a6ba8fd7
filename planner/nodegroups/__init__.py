"""Managed node groups: settings, launch templates and user data."""
