"""Pictures of a plan's addresses: the map of the VPC, and the waterfall of each subnet."""
