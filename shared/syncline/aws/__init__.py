"""Batching, retries and conditional batches that the AWS adapters share."""
