"""The settings: printed, read, refused."""

from pathlib import Path

import pytest

from bot.app import engine_config
from bot.config import StartupError, env_example, load_settings
from bot.logs import Redaction

ROOT = Path(__file__).parents[2]


def test_env_example_is_what_the_settings_say() -> None:
    assert (ROOT / ".env.example").read_text() == env_example()


def test_wrong_settings_are_one_readable_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVICE", "toaster")
    monkeypatch.setenv("DAILY_IMAGES", "many")
    with pytest.raises(StartupError) as failure:
        load_settings()
    lines = str(failure.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["DEVICE", "DAILY_IMAGES"]
    assert all(".env" in line for line in lines)


def test_no_token_reaches_the_log() -> None:
    import logging

    token = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB"
    webhook = (
        "https://discord.com/api/v10/webhooks/123/aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1/messages/@original"
    )
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "sent %s to %s", (token, webhook), None)
    line = Redaction("%(message)s").format(record)
    assert "GabcDE" not in line
    assert "aW50ZXJ" not in line
    assert line.count("[secret]") == 2


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEVICE", "cuda:one", "Input should be auto, cuda, cuda:1 (the second GPU), mps or cpu"),
        (
            "MODELS",
            "anime",
            "Input should be name=model pairs with commas between them, which `anime` is not",
        ),
        ("MODELS", "a=/one, =/two", "which `=/two` is not"),
        ("MODELS", "a=", "which `a=` is not"),
        ("CONTROLNETS", "edges", "Input should be name=model pairs"),
        ("CONTROLNETS", "canny=/one", "begin with edges, depth, seg, pose, scribble, tile"),
        ("CONTROLNETS", "edgesxl=/one", "as edges or edges-xl, and `edgesxl` is none"),
        ("CONTROLNETS", "edges=/one,edges=/two", "names of their own"),
        ("OWNERS", "Ada", "`Ada` is none"),
        ("GUILDS", "123, my server", "`my server` is none (Discord > Settings > Advanced"),
        ("GUILDS", "0", "`0` is none"),
        ("OWNER_GUILD", "none", "valid integer"),
        ("DTYPE", "float8", "Input should be 'auto', 'float32', 'bfloat16' or 'float16'"),
        ("MEMORY_GIB", "0", "greater than 0"),
        ("PUBLIC_URL", "art.example.org", "Input should be an address without a path"),
        ("PUBLIC_URL", "https://art.example.org/darkroom", "such as https://art.example.org"),
        ("PUBLIC_URL", "https://me:secret@art.example.org", "Input should be an address without a path"),
        ("PUBLIC_URL", "javascript:alert(1)", "Input should be an address without a path"),
    ],
)
def test_wrong_settings_of_the_engine_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(StartupError) as failure:
        load_settings()
    assert str(failure.value).startswith(f"{name}: ")
    assert said in str(failure.value)


def test_what_the_engine_is_told_comes_from_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "style.v1.5.safetensors").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("no LoRA")
    (tmp_path / "below").mkdir()
    for name in ("bad-hands.pt", "bad-hands.safetensors", "old.pt"):
        (tmp_path / "below" / name).write_bytes(b"")
    values = {
        "MODEL": "/models/first",
        "MODELS": "anime=/models/anime.safetensors,\nturbo = stabilityai/sdxl-turbo\n",
        "VAE": "/models/vae.safetensors",
        "IP_ADAPTER": "h94/IP-Adapter",
        "LORAS": f"{tmp_path}, ink = /loras/ink v2.safetensors",
        "EMBEDDINGS": str(tmp_path / "below"),
        "CONTROLNETS": "edges = /models/canny, depth-xl=someone/depth",
        "DEVICE": "cuda:1",
        "DTYPE": "float16",
        "MEMORY_GIB": "8.5",
        "DATA_DIR": str(tmp_path / "data"),
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    config = engine_config(load_settings())
    assert config.model == "/models/first"
    assert config.more_models == ("anime=/models/anime.safetensors", "turbo = stabilityai/sdxl-turbo")
    below = {
        "bad-hands": tmp_path / "below" / "bad-hands.safetensors",
        "old": tmp_path / "below" / "old.pt",
    }
    assert config.loras == below | {
        "style.v1.5": tmp_path / "style.v1.5.safetensors",
        "ink": Path("/loras/ink v2.safetensors"),
    }
    assert config.embeddings == below
    assert config.controlnets == {"edges": "/models/canny", "depth-xl": "someone/depth"}
    assert (config.vae, config.device, config.dtype) == ("/models/vae.safetensors", "cuda:1", "float16")
    assert config.ip_adapter == "h94/IP-Adapter"
    assert (config.memory_gib, config.cache_dir) == (8.5, tmp_path / "data" / "cache")


@pytest.mark.parametrize("setting", ["LORAS", "EMBEDDINGS"])
def test_a_folder_of_files_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv(setting, "/nowhere")
    with pytest.raises(StartupError, match=rf"{setting}=/nowhere cannot be read .* Name a folder"):
        engine_config(load_settings())


def test_two_files_of_one_name_are_told_apart_by_hand(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "style.safetensors").write_bytes(b"")
    monkeypatch.setenv("LORAS", str(tmp_path))
    with pytest.raises(StartupError, match=r"LORAS: two files are named style \(.*Rename one"):
        engine_config(load_settings())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_env_is_read_in_whatever_encoding_it_was_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAILY_IMAGES", raising=False)
    Path(".env").write_bytes("# für alle\r\nDAILY_IMAGES=7\r\n".encode(encoding))
    assert load_settings().daily_images == 7


@pytest.mark.parametrize("encodings", [("utf-8", "utf-16-le"), ("utf-16", "utf-8"), ("utf-16-le", "latin-1")])
@pytest.mark.parametrize("line", ["DAILY_IMAGES=7\r\n", "DAILY_IMAGES=77\n"])
def test_env_in_two_encodings_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encodings: tuple[str, str], line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_bytes(b"".join(line.encode(encoding) for encoding in encodings))
    with pytest.raises(StartupError, match="two encodings at once"):
        load_settings()


def test_a_name_that_only_looks_like_a_setting_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("DISCORD_TOKN=x\nWEBPORT=8080\nUNRELATED=1\n")
    load_settings()
    assert "DISCORD_TOKN is no setting of mine: did you mean DISCORD_TOKEN?" in caplog.text
    assert "did you mean WEB_PORT?" in caplog.text
    assert "UNRELATED" not in caplog.text


def test_a_token_with_a_line_break_in_it_is_one_line_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret\nsecret")
    with pytest.raises(StartupError, match=r"DISCORD_TOKEN: .*line break") as failure:
        load_settings()
    assert "secret" not in str(failure.value)
    monkeypatch.setenv("DISCORD_TOKEN", " secret\n")
    token = load_settings().discord_token
    assert token is not None
    assert token.get_secret_value() == "secret"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://art.example.org/", "https://art.example.org"),
        (" http://192.168.1.7:8080 ", "http://192.168.1.7:8080"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("", ""),
    ],
)
def test_members_are_told_the_public_address_and_no_other(
    monkeypatch: pytest.MonkeyPatch, written: str, address: str
) -> None:
    monkeypatch.setenv("PUBLIC_URL", written)
    assert load_settings().pages_url == address
    assert load_settings().served_at == (address or "http://127.0.0.1:8080")
    monkeypatch.setenv("WEB_PORT", "0")
    assert (load_settings().pages_url, load_settings().served_at) == ("", "")


def test_the_guild_of_the_owners_is_always_served_and_an_empty_list_means_every_guild(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OWNER_GUILD", "9")
    monkeypatch.setenv("OWNERS", "7, 8")
    assert load_settings().guild_ids == frozenset()
    monkeypatch.setenv("GUILDS", "1,2")
    assert load_settings().guild_ids == {1, 2, 9}
    assert load_settings().owner_ids == {7, 8}
