"""Rules about pods per node, prefixes, surge and quotas."""
