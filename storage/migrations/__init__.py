"""Change the tables from one version to the next; `storage.migrate` runs these."""
