"""Test support: moto with what it lacks, and an in-process stand-in for the Pulumi provider."""
