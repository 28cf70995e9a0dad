"""Looking at an artifact: by what its bytes are, a bounded part of them, and nothing of it ever runs on our origin."""
