"""Trains two steps with each of TRL's trainers on exported files, as they are, with a model made for the purpose.

    ninefold export --out FOLDER --format messages,prompt-completion,preference,kto,rl
    python -m venv venv && venv/bin/pip install -r requirements-trl.txt
    venv/bin/python train_with_trl.py FOLDER

Prints a line a dataset: the trainer, the rows it was given, and the loss it ended with.
"""

import contextlib
import re
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from datasets import Dataset, load_dataset
from tiny_model import make_tiny_model
from trl import DPOConfig, DPOTrainer, GRPOConfig, GRPOTrainer, RewardConfig, RewardTrainer, SFTConfig, SFTTrainer

try:
    from trl import KTOConfig, KTOTrainer
except ImportError:
    from trl.experimental.kto import KTOConfig, KTOTrainer

ROWS = 8
COMMON = {
    "max_steps": 2,
    "per_device_train_batch_size": 2,
    "gradient_accumulation_steps": 1,
    "use_cpu": True,
    "bf16": False,
    "report_to": [],
    "save_strategy": "no",
    "disable_tqdm": True,
    "logging_steps": 1,
}


def rewarded(completions: list, reward_model: list, **_: object) -> list[float]:
    """The rule that an item carries: the last answer line names the correct labels."""
    rewards = []
    for completion, rule in zip(completions, reward_model):
        found = re.findall(rule["answer_pattern"], completion[-1]["content"])
        said = sorted({label.strip() for label in found[-1].split(",")}) if found else None
        rewards.append(1.0 if said == sorted(rule["labels"]) else 0.0)
    return rewards


def checked_rewards(rows: Dataset) -> None:
    """The rule gives the right answer its reward, and others none."""
    for row in rows:
        rule = [row["reward_model"]]
        said = lambda text: [[{"role": "assistant", "content": text}]]
        assert rewarded(said(f"Because.\nAnswer: {row['answer']}"), rule) == [1.0]
        assert rewarded(said("Because.\nAnswer: Z"), rule) == [0.0]
        assert rewarded(said("Because."), rule) == [0.0]


def train(folder: Path, name: str, trainer, config, **more) -> None:
    rows = load_dataset("json", data_files=str(folder / f"{name}.jsonl"), split="train")
    if name == "rl":
        checked_rewards(rows)
    some = rows.select(range(min(ROWS, len(rows))))
    with tempfile.TemporaryDirectory() as work:
        texts = [str(row) for row in some]
        make_tiny_model(Path(work), texts)
        settings = config(output_dir=work, **COMMON, **more.pop("settings", {}))
        # What trainers print of each step is of no interest here.
        with contextlib.redirect_stdout(None):
            result = trainer(model=work, args=settings, train_dataset=some, **more).train()
    print(f"{name:30}{trainer.__name__:14}{len(rows):5} rows, loss {result.training_loss:.4f}", flush=True)


def main() -> None:
    folder = Path(sys.argv[1])
    print(f"trl {version('trl')}, transformers {version('transformers')}, datasets {version('datasets')}")
    for dataset in ("cotmed", "responsemed", "reasonmed"):
        train(folder, f"{dataset}-messages", SFTTrainer, SFTConfig)
        train(folder, f"{dataset}-prompt-completion", SFTTrainer, SFTConfig)
    train(folder, "preference", DPOTrainer, DPOConfig)
    train(folder, "preference", RewardTrainer, RewardConfig)
    train(folder, "kto", KTOTrainer, KTOConfig)
    settings = {"num_generations": 2, "max_completion_length": 16}
    train(folder, "rl", GRPOTrainer, GRPOConfig, settings=settings, reward_funcs=rewarded)


if __name__ == "__main__":
    main()
