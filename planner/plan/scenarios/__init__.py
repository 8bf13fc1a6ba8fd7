"""Bad days: a design at its largest, with a zone lost, while it is updated, grown, fragmented."""
