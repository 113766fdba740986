"""Trains two steps with LLaMA-Factory by each training file of an export, as it is but for the model and the machine.

    ninefold export --out FOLDER --format alpaca,sharegpt,messages,ranking,kto-tag --llama-factory
    python -m venv venv && venv/bin/pip install -r requirements-llama-factory.txt
    venv/bin/python train_with_llama_factory.py FOLDER

Prints a line a training file: the stage, and the loss it ended with.
"""

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import yaml
from tiny_model import make_tiny_model

# The model is made here, and there is neither a GPU nor DeepSpeed; all else is as the file says.
INSTEAD = {
    "max_steps": 2,
    "max_samples": 16,
    "per_device_train_batch_size": 2,
    "gradient_accumulation_steps": 1,
    "bf16": False,
    "use_cpu": True,
    "report_to": "none",
    "save_strategy": "no",
    "overwrite_cache": True,
    "preprocessing_num_workers": 1,
    "logging_steps": 1,
}


def trained(folder: Path, file: Path, model: Path, work: Path) -> dict:
    settings = yaml.safe_load(file.read_text())
    del settings["deepspeed"]
    settings |= INSTEAD | {"model_name_or_path": str(model), "output_dir": str(work / "out")}
    changed = work / file.name
    changed.write_text(yaml.safe_dump(settings))
    command = [str(Path(sys.executable).parent / "llamafactory-cli"), "train", str(changed)]
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1", "DISABLE_VERSION_CHECK": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{file.name}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    result = json.loads((work / "out" / "train_results.json").read_text())
    return {"stage": settings["stage"], "loss": result["train_loss"]}


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    print(f"llamafactory {version('llamafactory')}, transformers {version('transformers')}", flush=True)
    with tempfile.TemporaryDirectory() as given:
        model = Path(given) / "model"
        texts = [line for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()[:8]]
        make_tiny_model(model, texts)
        for number, file in enumerate(sorted(folder.glob("train-*.yaml"))):
            work = Path(given) / str(number)
            work.mkdir()
            result = trained(folder, file, model, work)
            print(f"{file.name:28} {result['stage']:4} loss {result['loss']:.4f}", flush=True)


if __name__ == "__main__":
    main()
