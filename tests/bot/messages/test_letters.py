"""What goes with a picture that is sent, word for word."""

from syrupy.assertion import SnapshotAssertion

from bot.messages import letters as messages
from tests.bot.builders import job

SENT = job(prompt="a *red* fox --ar 3:2", result_message_id=5000)


def test_letters(snapshot: SnapshotAssertion) -> None:
    assert {
        "a letter": messages.letter(SENT, "en-US"),
        "of what stands nowhere": messages.letter(job(), "en-US"),
        "sent": messages.sent("https://discord.com/channels/@me/1/2", "en-US"),
        "where direct messages are closed": messages.beside(SENT, "en-US"),
        "the same after a reaction": messages.closed(3, "en-US"),
        "deleted by a moderator": messages.deleted(SENT, "The *garden*"),
        "taken off": messages.taken_off(SENT, 3, "en-US"),
    } == snapshot
