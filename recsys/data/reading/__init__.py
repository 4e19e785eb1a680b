"""Read tables from files: text with separators, JSON and Parquet, single files and folders."""
