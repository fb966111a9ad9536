"""Sentences keep their values until they are rendered, in any language."""

import gettext
import pickle

from bot.domain.errors import PromptError, UserError
from bot.domain.sentences import Sentence, say, say_n


class German(gettext.NullTranslations):
    """A catalogue of three messages."""

    def gettext(self, message: str) -> str:
        """Look a message up."""
        return {"Try {cure}.": "Versuche {cure}.", "a walk": "einen Spaziergang"}.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Look a counted message up."""
        return "{count} Bild" if n == 1 else "{count} Bilder" if msgid2 == "{count} pictures" else msgid1


def test_a_sentence_reads_as_english() -> None:
    assert str(say("Hello {name}.", name="Ada")) == "Hello Ada."


def test_values_are_not_templates() -> None:
    assert str(say("You wrote {text}.", text="{name} %s {")) == "You wrote {name} %s {."


def test_numbers_choose_their_form() -> None:
    assert [str(say_n("{count} picture", "{count} pictures", n)) for n in (0, 1, 2)] == [
        "0 pictures",
        "1 picture",
        "2 pictures",
    ]


def test_nested_sentences_are_rendered_in_the_same_language() -> None:
    sentence = say("Try {cure}.", cure=say("a walk"))
    assert str(sentence) == "Try a walk."
    assert sentence.render(German()) == "Versuche einen Spaziergang."
    assert say_n("{count} picture", "{count} pictures", 3).render(German()) == "3 Bilder"


def test_sentences_are_values() -> None:
    assert say("a {b}", b=1) == say("a {b}", b=1)
    assert say("a {b}", b=1) != say("a {b}", b=2)
    assert len({say("a {b}", b=1), say("a {b}", b=1)}) == 1
    assert pickle.loads(pickle.dumps(say("a"))) == Sentence(text="a")


def test_an_error_reads_as_its_sentences() -> None:
    error = PromptError(say("One."), say("Two."))
    assert isinstance(error, UserError)
    assert str(error) == "One.\nTwo."
    assert error.mistakes == error.sentences == (say("One."), say("Two."))
