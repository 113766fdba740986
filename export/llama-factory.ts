/**
 * What LLaMA-Factory and the LM Evaluation Harness want beside the data: dataset_info.json, a training file a dataset
 * with the settings of the ReasonMed paper (Table 6; what it does not name is LLaMA-Factory's default), and the command
 * that evaluates on the paper's benchmarks.
 */
import { basename, relative, sep } from 'node:path'
import { stringify } from 'yaml'
import type { Companion, ExportedFile } from './export.ts'
import type { Format } from './format.ts'

/** The paper's base model (ReasonMed, Table 6). */
const BASE_MODEL = 'Qwen/Qwen2.5-7B'
/** LLaMA-Factory's name of its chat template. */
const TEMPLATE = 'qwen'
/** Of the paper's training (ReasonMed, Table 6): full parameters, 3 epochs, 4 samples a GPU, 2 steps gathered. */
const TABLE_6 = {
  finetuning_type: 'full',
  num_train_epochs: 3,
  learning_rate: 1e-5,
  lr_scheduler_type: 'cosine',
  warmup_ratio: 0.1,
  per_device_train_batch_size: 4,
  gradient_accumulation_steps: 2,
  cutoff_len: 4096,
  bf16: true,
} as const
/** ZeRO stage 2, the paper's engine, with all else left to the trainer. */
const ZERO_2 = {
  train_batch_size: 'auto',
  train_micro_batch_size_per_gpu: 'auto',
  gradient_accumulation_steps: 'auto',
  gradient_clipping: 'auto',
  zero_allow_untested_optimizer: true,
  bf16: { enabled: 'auto' },
  zero_optimization: {
    stage: 2,
    overlap_comm: true,
    contiguous_gradients: true,
    round_robin_gradients: true,
  },
}
/** The paper's nine benchmarks (ReasonMed, section 5) by the harness's names. */
const TASKS = [
  ...['medqa_4options', 'medmcqa', 'pubmedqa', 'mmlu_anatomy', 'mmlu_clinical_knowledge'],
  ...['mmlu_college_biology', 'mmlu_college_medicine', 'mmlu_medical_genetics', 'mmlu_professional_medicine'],
]

/**
 * The files, for those data files that LLaMA-Factory can read.
 * @param folder where they will lie
 */
export function llamaFactoryFiles(
  files: readonly ExportedFile[],
  formats: readonly Format[],
  folder: string,
): Companion[] {
  const placeOf = ({ path }: ExportedFile) => relative(folder, path).split(sep).join('/')
  const formatOf = (file: ExportedFile) => formats.find(({ name }) => name === file.format)
  const readable = files.filter((file) => formatOf(file)?.datasetInfo)
  const info = Object.fromEntries(
    readable.map((file) => [entryOf(file), { file_name: placeOf(file), ...formatOf(file)?.datasetInfo }]),
  )
  const datasets = Map.groupBy(readable, ({ dataset }) => dataset)
  const trainings = [...datasets].map(([dataset, of]) => ({
    name: `train-${dataset}.yaml`,
    text: training(dataset, of, formatOf(of[0] as ExportedFile)?.stage ?? 'sft'),
  }))
  return [
    { name: 'dataset_info.json', text: `${JSON.stringify(info, null, 2)}\n` },
    { name: 'ds_z2.json', text: `${JSON.stringify(ZERO_2, null, 2)}\n` },
    ...trainings,
    { name: 'evaluate.sh', text: EVALUATION },
  ]
}

/** A file's name in dataset_info.json: several files of a dataset are several entries. */
function entryOf({ path }: ExportedFile): string {
  return basename(path).replace(/\.(jsonl|parquet)$/, '')
}

/** The first part is trained on; where there are more, the second is what is looked at meanwhile. */
function training(dataset: string, files: readonly ExportedFile[], stage: 'sft' | 'dpo' | 'kto'): string {
  const [train = null, validation] = [...new Set(files.map(({ part }) => part))]
  const entries = (part: string | null) =>
    files
      .filter((file) => file.part === part)
      .map(entryOf)
      .join(',')
  const settings = {
    model_name_or_path: BASE_MODEL,
    stage,
    do_train: true,
    ...TABLE_6,
    deepspeed: 'ds_z2.json',
    dataset_dir: '.',
    dataset: entries(train),
    ...(validation !== undefined && { eval_dataset: entries(validation), eval_strategy: 'epoch' }),
    template: TEMPLATE,
    output_dir: `models/${dataset}`,
    save_strategy: 'epoch',
    logging_steps: 10,
  }
  return `# llamafactory-cli train train-${dataset}.yaml, in this folder.
# Settings of the ReasonMed paper, Table 6, where it used 2 x 8 GPUs; what it does not name is LLaMA-Factory's default.
${stage === 'sft' ? '' : '# The paper trains by supervised fine-tuning alone: for this stage begin with a lower learning rate.\n'}${stringify(settings)}`
}

const EVALUATION = `#!/bin/sh
# The paper's benchmarks with the LM Evaluation Harness: sh evaluate.sh models/reasonmed
# Sampling as in the ReasonMed paper, Table 6, for tasks that generate; these nine compare the options' likelihoods.
set -eu
lm_eval --model vllm \\
  --model_args "pretrained=\${1:?name a model},dtype=float16" \\
  --tasks ${TASKS.join(',')} \\
  --apply_chat_template \\
  --gen_kwargs temperature=0.6,top_p=0.95,max_gen_toks=1024 \\
  --batch_size auto \\
  --output_path results
`
