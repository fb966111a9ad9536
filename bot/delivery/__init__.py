"""What the bot posts by itself, with its own token: jobs, guides, digests, letters to moderators."""
