"""`/__emulator__/`: what a test, an admin or Apex does behind the back of the API's clients."""
