"""Brings a reviewed plan to life with Pulumi's Automation API, and watches over it."""
