"""From a spec to a plan: build, plan file, JSON Schemas."""
