"""Methods SQL has no words for: pure functions on small tables, called by Python models of dbt."""
