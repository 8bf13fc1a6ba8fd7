"""Reads what exists: boto3 collects raw answers, and a pure parser makes a Design of them."""
