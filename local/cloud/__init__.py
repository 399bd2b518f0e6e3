"""The template on one machine: a data plane on loopback and a runner for the functions."""
