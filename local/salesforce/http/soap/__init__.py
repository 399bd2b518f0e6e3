"""The part of the SOAP API that clients sign in with."""
