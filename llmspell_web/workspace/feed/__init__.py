"""What happened in all of a reader's teams, newest first: see docs/decisions/026."""
