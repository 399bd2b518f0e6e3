"""SOQL: text to tokens to a typed tree to SQL."""
