"""Pods per node, allocatable resources, the VPC CNI's addresses, packing pods onto nodes."""
