"""What differs between the contents of two artifacts. Every comparison here is bounded, whatever the content."""
