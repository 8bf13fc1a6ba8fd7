"""CIDR arithmetic, address demand, subnets, routes, NAT and VPC endpoints."""
