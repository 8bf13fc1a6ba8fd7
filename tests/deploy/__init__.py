"""The room that runs Pulumi."""
