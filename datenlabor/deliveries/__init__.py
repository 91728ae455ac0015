"""Reading deliveries: from a file of any shape to checked rows of a contract."""
