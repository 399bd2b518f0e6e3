"""One verb per file: what the product does, written against ports."""
