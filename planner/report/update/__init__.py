"""Updates for the terminal, as plain data and as a picture."""
