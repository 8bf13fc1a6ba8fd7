"""Rules about network ACLs."""
