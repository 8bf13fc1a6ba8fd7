"""What must be able to talk to what in a cluster, and the security-group rules that follow."""
