"""Rules about Kubernetes versions and the way to the next one."""
