"""Rules about node groups and their launch templates."""
