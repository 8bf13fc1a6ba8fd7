"""What the user asks: the schema, YAML with line numbers, checks across fields."""
