"""Renders plans and verdicts: text, Markdown."""
