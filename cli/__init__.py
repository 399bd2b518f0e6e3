"""The command `syncline`: a client of the HTTP API, for people and for programs."""
