"""Which objects and fields the org has, and how it describes them."""
