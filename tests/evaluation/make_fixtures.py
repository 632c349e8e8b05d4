#!/usr/bin/env python3
"""Makes the fixtures of this folder: two tiny BERT classifiers that were trained on invented sentences, labelled files that
they have not seen, and what transformers says of these files.

Needs torch and transformers; takes a minute. The sentences are made from the lists below and describe nobody.
"""
import json
import pathlib
import random

import torch
from transformers import BertConfig, BertForSequenceClassification, BertForTokenClassification, BertTokenizerFast

HERE = pathlib.Path(__file__).parent
LENGTH = 32

FINDINGS = {
    "cardiology": ["chest pain on exertion", "atrial fibrillation with rapid rate", "troponin is rising", "a systolic murmur at the apex",
                   "ST elevation in the lateral leads", "ejection fraction of 30 percent", "pitting edema to the knees"],
    "pulmonology": ["wheezing at both bases", "productive cough for a week", "oxygen saturation of 86 percent", "a right pleural effusion",
                    "emphysema on the scan", "crackles in the lower lobe", "three exacerbations of asthma"],
    "neurology": ["left facial droop", "a generalized seizure at night", "tremor at rest", "numbness of both feet", "double vision to the right",
                  "sudden slurred speech", "headache with an aura"],
}
PEOPLE = ["The patient", "She", "He", "This woman", "This man", "A retired teacher"]
VERBS = ["has", "shows", "was admitted with", "returns with", "developed"]
TIMES = ["since Monday", "for two days", "after dinner", "this morning", "since the last visit", "overnight"]
ENDS = ["no fever.", "no allergies are known.", "labs are pending.", "the family was told.", "follow-up in a week.", "denies smoking."]

DRUGS = ["aspirin", "metoprolol", "heparin", "lisinopril", "amoxicillin-clavulanate", "insulin glargine", "sodium valproate", "albuterol",
         "vitamin K", "magnesium sulfate"]
DOSES = ["81 mg", "25 mg", "5,000 units", "0.5 mg/kg", "2 puffs", "10 mL", "1 g"]
PROBLEMS = ["atrial fibrillation", "pneumonia", "status epilepticus", "type 2 diabetes", "a deep vein thrombosis", "asthma", "hypertension"]


def sentence(rng):
    label = rng.choice(sorted(FINDINGS))
    words = [rng.choice(PEOPLE), rng.choice(VERBS), rng.choice(FINDINGS[label])]
    if rng.random() < 0.35:
        words.append("and " + rng.choice(FINDINGS[label]))
    words.append(rng.choice(TIMES) + ";")
    if rng.random() < 0.3:
        other = rng.choice([name for name in FINDINGS if name != label])
        words.append("no " + rng.choice(FINDINGS[other]) + ";")
    words.append(rng.choice(ENDS))
    # Some labels are of another specialty, as those of people are.
    return " ".join(words), label if rng.random() > 0.04 else rng.choice(sorted(FINDINGS))


def tagged(rng):
    words, tags = [], []

    def add(text, kind=None):
        for i, word in enumerate(text.split()):
            words.append(word)
            tags.append("O" if kind is None else ("B-" if i == 0 else "I-") + kind)

    add(rng.choice(["Started", "Continue", "Stop", "Give", "Received"]))
    add(rng.choice(DRUGS), "Drug")
    if rng.random() < 0.7:
        add(rng.choice(DOSES), "Dose")
    add(rng.choice(["daily", "at night", "twice a day", "once"]))
    add("for")
    add(rng.choice(PROBLEMS), "Problem")
    if rng.random() < 0.4:
        add("and")
        add(rng.choice(DRUGS), "Drug")
    add(rng.choice([".", "as planned .", "until Friday ."]))
    # Some words are tagged wrongly, as those of people are.
    for i in range(len(tags)):
        if rng.random() < 0.01:
            tags[i] = "O"
    return words, tags


def vocabulary(texts):
    import re
    words = sorted({word for text in texts for word in re.findall(r"\w+|[^\w\s]", text.lower())})
    letters = sorted({letter for word in words for letter in word})
    # Every third word of more than five letters has to be made of pieces.
    whole = [word for i, word in enumerate(words) if len(word) > 1 and not (len(word) > 5 and i % 3 == 0)]
    pieces = sorted({"##" + word[4:8] for word in words if len(word) > 5} | {word[:4] for word in words if len(word) > 5})
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters + ["##" + letter for letter in letters] + whole + pieces
    return list(dict.fromkeys(tokens))


def config(tokens, labels):
    return BertConfig(vocab_size=len(tokens), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
                      max_position_embeddings=64, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
                      id2label=dict(enumerate(labels)), label2id={label: i for i, label in enumerate(labels)})


def train(model, encode, rows, epochs):
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    order = random.Random(5)
    for _ in range(epochs):
        order.shuffle(rows)
        for begin in range(0, len(rows), 32):
            loss = model(**encode(rows[begin:begin + 32])).loss
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    model.eval()


def save(model, tokens, folder):
    folder.mkdir(exist_ok=True)
    model.save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(tokens) + "\n")
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": true, "tokenizer_class": "BertTokenizer"}\n')
    for name in ("tokenizer.json", "special_tokens_map.json"):
        (folder / name).unlink(missing_ok=True)


def tokenizer_of(tokens):
    path = HERE / "vocab.tmp"
    path.write_text("\n".join(tokens) + "\n")
    from tokenizers import BertWordPieceTokenizer
    made = BertWordPieceTokenizer(str(path), lowercase=True)
    path.unlink()
    return BertTokenizerFast(tokenizer_object=made._tokenizer, do_lower_case=True)


def judged(logits):
    top = logits.topk(2)
    return int(top.indices[0]), float(top.values[0] - top.values[1])


def make_texts():
    rng = random.Random(11)
    rows = [sentence(rng) for _ in range(900)]
    evaluated = [sentence(rng) for _ in range(300)]
    labels = sorted(FINDINGS)
    tokens = vocabulary([text for text, _ in rows])
    tokenizer = tokenizer_of(tokens)

    def encode(batch):
        inputs = tokenizer([text for text, _ in batch], padding="max_length", truncation=True, max_length=LENGTH, return_tensors="pt")
        return dict(inputs, labels=torch.tensor([labels.index(label) for _, label in batch]))

    torch.manual_seed(1)
    model = BertForSequenceClassification(config(tokens, [label.upper() for label in labels]))
    train(model, encode, rows, 8)
    save(model, tokens, HERE / "texts_model")
    with open(HERE / "texts.csv", "w") as file:
        file.write("text,label\n")
        for text, label in evaluated:
            file.write(f'"{text}",{label}\n')
    with torch.no_grad():
        inputs = encode(evaluated)
        inputs.pop("labels")
        logits = model(**inputs).logits.double()
    right = [judged(row)[0] == labels.index(label) for row, (_, label) in zip(logits, evaluated)]
    print("texts: accuracy", sum(right) / len(right))
    return {"labels": labels, "actual": [labels.index(label) for _, label in evaluated], "logits": logits.tolist()}


def make_words():
    rng = random.Random(12)
    rows = [tagged(rng) for _ in range(700)]
    evaluated = [tagged(rng) for _ in range(150)]
    labels = ["O"] + [position + kind for kind in ("Drug", "Dose", "Problem") for position in ("B-", "I-")]
    tokens = vocabulary([" ".join(words) for words, _ in rows])
    tokenizer = tokenizer_of(tokens)

    def encode(batch, length=LENGTH):
        inputs = tokenizer([words for words, _ in batch], is_split_into_words=True, padding="max_length", truncation=True,
                           max_length=length, return_tensors="pt")
        targets = torch.full(inputs["input_ids"].shape, -100)
        for i, (_, tags) in enumerate(batch):
            before = None
            for j, word in enumerate(inputs.word_ids(i)):
                if word is not None and word != before:
                    targets[i, j] = labels.index(tags[word])
                before = word
        return dict(inputs, labels=targets)

    torch.manual_seed(2)
    model = BertForTokenClassification(config(tokens, labels))
    train(model, encode, rows, 3)
    save(model, tokens, HERE / "words_model")
    with open(HERE / "words.jsonl", "w") as file:
        for words, tags in evaluated:
            file.write(json.dumps({"tokens": words, "ner_tags": [labels.index(tag) for tag in tags]}) + "\n")
    with torch.no_grad():
        inputs = encode(evaluated, 20)
        targets = inputs.pop("labels")
        logits = model(**inputs).logits.double()
    keep = targets >= 0
    print("words: accuracy", float((logits.argmax(-1)[keep] == targets[keep]).double().mean()))
    from seqeval.metrics import f1_score
    from seqeval.scheme import IOB2
    actual = [[labels[t] for t in row if t >= 0] for row in targets.tolist()]
    predicted = [[labels[p] for p, t in zip(ps, ts) if t >= 0] for ps, ts in zip(logits.argmax(-1).tolist(), targets.tolist())]
    return {"labels": labels, "length": 20, "actual": [[t for t in row if t >= 0] for row in targets.tolist()],
            "predicted": [[p for p, t in zip(ps, ts) if t >= 0] for ps, ts in zip(logits.argmax(-1).tolist(), targets.tolist())],
            "entity_f1": float(f1_score(actual, predicted)), "entity_f1_strict": float(f1_score(actual, predicted, mode="strict", scheme=IOB2))}


def score_texts(made):
    import numpy
    from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
    logits = numpy.array(made.pop("logits"))
    shares = numpy.exp(logits - logits.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    decided = logits.argmax(1)
    ordered = numpy.sort(logits, axis=1)
    made["predicted"] = decided.tolist()
    made["margin"] = [round(float(margin), 5) for margin in ordered[:, -1] - ordered[:, -2]]
    made["accuracy"] = float(accuracy_score(made["actual"], decided))
    made["f1"] = float(f1_score(made["actual"], decided, average="macro", zero_division=0))
    made["auroc"] = float(roc_auc_score(made["actual"], shares, multi_class="ovr", average="macro"))
    return made


def encode_pairs():
    tokenizer = tokenizer_of((HERE / "texts_model" / "vocab.txt").read_text().split())
    first, second = "She has tremor at rest overnight", "no fever since Monday; left facial droop"
    pairs = [(a, b, length) for a, b in [(first, second), (second, first), ("He", second), (first, "He"), (first, first), ("", second)]
             for length in (3, 4, 7, 8, 11, 16, 40)]
    encoded = [tokenizer(a, b, truncation=True, max_length=length) for a, b, length in pairs]
    return [{"first": a, "second": b, "length": length, "ids": one["input_ids"], "types": one["token_type_ids"]}
            for (a, b, length), one in zip(pairs, encoded)]


def main():
    torch.set_num_threads(1)
    expected = {"texts": score_texts(make_texts()), "words": make_words(), "pairs": encode_pairs()}
    (HERE / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main()
