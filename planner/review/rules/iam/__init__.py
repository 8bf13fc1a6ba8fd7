"""Rules about IAM roles and keys."""
