"""Reading the semantic layer: models, columns and metrics as dbt's artifacts describe them."""
