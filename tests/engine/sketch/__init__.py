"""The embedded model's training code, at toy size."""
