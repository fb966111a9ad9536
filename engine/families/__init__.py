"""Model families: each the only place that knows what is special about it."""
