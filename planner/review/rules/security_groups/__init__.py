"""Rules about security groups."""
