"""Rules about EKS add-ons."""
