"""Several calls in one: composite, composite/batch, composite/tree and composite/graph."""
