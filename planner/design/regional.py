"""What AWS gives every VPC of a region."""

from __future__ import annotations


def regional_domain(region: str) -> str:
    """The domain name in the DHCP options that AWS gives every VPC.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
    """
    return "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
