"""eksplan: plan, prove, provision and review Amazon EKS clusters."""

__version__ = "0.1.0"
