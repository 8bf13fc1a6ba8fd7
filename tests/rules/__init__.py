"""The review rules: one case file for each rule, and the notes that they come from."""
