"""The Discord bot: adapters, use cases, rules, storage. See bot/README.md."""
