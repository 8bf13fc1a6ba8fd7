"""Security groups with a reason for every rule, and IAM roles."""
