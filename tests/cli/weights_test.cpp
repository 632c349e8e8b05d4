// Checkpoints as other programs leave them behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <vector>

#include "base/file.hpp"
#include "data/safetensors.hpp"
#include "tests/cli/checkpoint_folder.hpp"
#include "tests/data/torch_builder.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::exited;
using ::testing::HasSubstr;

class Weights : public testing::CheckpointFolder {
 protected:
  [[nodiscard]] fs::path file(const char* name) const { return folder().path() / "model" / name; }

  // Saves the weights again, each tensor under the name that `rename` gives it.
  template <class Rename>
  void save_as(const Json& config, Rename rename) const {
    testing::write_model(folder(), "model", config);
    NamedTensors tensors;
    {
      const SafetensorsFile old(file("model.safetensors"));
      for (const auto& [name, view] : old.tensors())
        tensors.emplace(rename(name), testing::random_floats(view.shape, tensors.size()));
    }
    fs::remove(file("model.safetensors"));
    write_safetensors(file("model.safetensors"), tensors);
  }
  // The same weights as torch.save writes them.
  void save_with_torch() const {
    NamedTensors tensors;
    {
      const SafetensorsFile old(file("model.safetensors"));
      for (const auto& [name, view] : old.tensors())
        tensors.emplace(name, HostTensor::from_f32(view.shape, to_float(view)));
    }
    folder().write("model/pytorch_model.bin", testing::unaligned_torch_file(tensors));
    fs::remove(file("model.safetensors"));
  }
  [[nodiscard]] static Json classifier(const Json& more) {
    Json config = testing::tiny_bert_config();
    config["architectures"] = {"BertForSequenceClassification"};
    config["id2label"] = {{"0", "benign"}, {"1", "malignant"}, {"2", "unclear"}};
    for (const auto& [key, value] : more.items()) config[key] = value;
    return config;
  }
};

std::string without_family(const std::string& name) {
  return name.starts_with("bert.") ? name.substr(5) : name;
}

TEST_F(Weights, OfAWrappedModelLoseThePrefixWithANote) {
  for (const std::string prefix :
       {"module.", "_orig_mod.", "_orig_mod.module.", "model.", "base_model.model."}) {
    save_as(testing::tiny_bert_config(), [&](const std::string& name) { return prefix + name; });
    EXPECT_THAT(measured({}).notes, ElementsAre(HasSubstr("'" + prefix + "' is taken off the names")));
  }
  for (const std::string prefix : {"0.auto_model.", "bert_model.", "model."}) {
    save_as(testing::tiny_bert_config(),
            [&](const std::string& name) { return prefix + without_family(name); });
    EXPECT_THAT(measured({}).notes, ElementsAre(HasSubstr("'" + prefix + "' is taken off the names")));
  }
  EXPECT_THAT(run({}).err,
              HasSubstr("medbench: " + model() + ": 'model.' is taken off the names of the weights\n"));
  // A head need not be in the part that is wrapped.
  save_as(classifier({}), [](const std::string& name) {
    return name.starts_with("classifier.") ? name : "bert_model." + without_family(name);
  });
  EXPECT_THAT(measured({}).notes, ElementsAre(HasSubstr("'bert_model.' is taken off")));
}

// The runtimes read floats where the file has none aligned; torch in fp32 computes the same of both files.
TEST_F(Weights, OfTorchSaveRunOnEveryBackend) {
  const auto outputs = [&](const std::string& name, const Words& backends) {
    const auto saved = folder().path() / name;
    Words words{"matrix",
                "--models",
                model(),
                "--iters",
                "1",
                "--warmup",
                "1",
                "--seq-length",
                "8",
                "--no-playoff",
                "--save-outputs",
                saved.string(),
                "--acc-check",
                "--json",
                "--output-dir",
                output().string(),
                "--backend"};
    words.insert(words.end(), backends.begin(), backends.end());
    const auto run = medbench(words);
    EXPECT_EQ(run.status, exited(0)) << run.err;
    for (const Json& row : parse_json(run.out, "standard output")) {
      const Result result = result_from_json(row);
      EXPECT_EQ(result.status, Status::Ok) << run.out;
      EXPECT_EQ(result.weights_source, "checkpoint");
    }
    std::map<std::string, std::vector<float>> found;
    for (const auto& entry : fs::directory_iterator(saved)) {
      const SafetensorsFile read(entry.path());
      const std::string stem = entry.path().stem().string();
      if (stem.find("torch") != std::string::npos) found["torch"] = to_float(read.tensors().at("output"));
    }
    return found;
  };
  const auto expected = outputs("expected", {"torch"});
  save_with_torch();
  const auto found = outputs("found", {"torch", "onnxruntime", "openvino", "pjrt", "reference"});
  EXPECT_EQ(found, expected);
  EXPECT_FALSE(found.empty());
}

TEST_F(Weights, OfTorchSaveWithACommandAreRefusedByName) {
  save_with_torch();
  const std::string whole = read_text_file(file("pytorch_model.bin"));
  std::string evil = whole;
  const std::string name = "torch._utils\n_rebuild_tensor_v2\n";
  evil.replace(evil.find(name), name.size(), "posix\nsystem_and_more_letters_so\n");
  folder().write("model/pytorch_model.bin", evil);
  expect_refused({}, "pytorch_model.bin: its pickle, at byte ");
  expect_refused({}, "names posix.system_and_more_letters_so, which tensors of a state dict do not need");
  folder().write("model/pytorch_model.bin", whole.substr(0, whole.size() - 1));
  expect_refused({}, "the file is truncated");
  folder().write("model/pytorch_model.bin", "<!DOCTYPE html>\n<html>");
  expect_refused({}, "pytorch_model.bin: it is a web page and not the file itself");
}

TEST_F(Weights, OfAnotherModelAreShownByName) {
  save_as(testing::tiny_bert_config(), [](const std::string& name) { return "tower/" + name; });
  expect_refused({}, "tensors, such as 'tower/bert.embeddings.LayerNorm.bias', 'tower/bert.");
}

TEST_F(Weights, DecideTheNumberOfClasses) {
  testing::write_model(folder(), "model", classifier({}));
  EXPECT_THAT(measured({}).notes, ElementsAre());
  folder().write("model/config.json", classifier({{"num_labels", 2}}).dump());
  EXPECT_THAT(measured({}).notes,
              ElementsAre(AllOf(HasSubstr("config.json: 3 classes, as the weights of the head have, although "
                                          "\"num_labels\" is 2 and \"id2label\" names 3"))));
  folder().write("model/config.json", classifier({{"id2label", {{"0", "a"}, {"2", "c"}}}}).dump());
  EXPECT_THAT(
      measured({}).notes,
      ElementsAre(HasSubstr("3 classes, as the weights of the head have, although \"id2label\" names 2")));
  Json bare = classifier({});
  bare.erase("id2label");
  folder().write("model/config.json", bare.dump());
  EXPECT_THAT(measured({}).notes, ElementsAre());
}

TEST_F(Weights, WithAConfigurationThatOnlyPythonReads) {
  const std::string config = testing::tiny_bert_config().dump();
  folder().write("model/config.json", config.substr(0, config.size() - 1) + ", \"layer_norm_eps\": NaN}");
  expect_refused({}, "\"layer_norm_eps\" must be a number, found \"NaN\"");
  folder().write(
      "model/config.json",
      "{\"hidden_size\": 4, \"task\": {\"clip\": [NaN, -Infinity], \"x\": \"NaN\"}, \"bound\": Infinity, " +
          config.substr(1));
  EXPECT_EQ(measured({}).status, Status::Ok);
}

TEST_F(Weights, ThatGitLfsDidNotFetchAreSaid) {
  const std::string pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4665\nsize 437955512\n";
  folder().write("notes.txt", "word5\n");
  const Words on_texts{"--text", (folder().path() / "notes.txt").string()};
  for (const char* name : {"tokenizer.json", "vocab.txt", "config.json"}) {
    SCOPED_TRACE(name);
    const bool was_there = fs::exists(file(name));
    if (was_there) fs::rename(file(name), file("kept"));
    folder().write(std::string("model/") + name, pointer);
    expect_refused(on_texts, std::string(name) +
                                 ": it is a pointer of Git LFS and not the file itself; fetch the "
                                 "file: run git lfs pull in its folder");
    fs::remove(file(name));
    if (was_there) fs::rename(file("kept"), file(name));
  }
  folder().write("model/model.safetensors", pointer);
  expect_refused({}, "model.safetensors: it is a pointer of Git LFS");
  fs::remove(file("model.safetensors"));
  folder().write("model/model-00001-of-00001.safetensors", pointer);
  folder().write("model/model.safetensors.index.json",
                 R"({"weight_map": {"bert.pooler.dense.bias": "model-00001-of-00001.safetensors"}})");
  expect_refused({}, "model-00001-of-00001.safetensors: it is a pointer of Git LFS");
}

TEST_F(Weights, OfTensorFlowAreToldHowToConvert) {
  fs::remove(file("model.safetensors"));
  fs::rename(file("config.json"), file("bert_config.json"));
  folder().write("model/model.ckpt-1000000.index", "");
  folder().write("model/model.ckpt-1000000.data-00000-of-00001", "");
  expect_refused({}, "load_tf_weights_in_bert(m, c, 'model.ckpt-1000000'); m.bert.save_pretrained");
  fs::rename(file("bert_config.json"), file("config.json"));
  expect_refused({}, "only a TensorFlow checkpoint is there, model.ckpt-1000000");
  fs::remove(file("model.ckpt-1000000.index"));
  testing::write_model(folder(), "model", testing::tiny_bert_config());
  fs::rename(file("config.json"), file("bert_config.json"));
  expect_refused({}, "the folder has bert_config.json, but no config.json: copy the one to the other");
}

TEST_F(Weights, BehindALinkThatLeadsNowhereAreSaid) {
  for (const char* name : {"model.safetensors", "config.json"}) {
    const fs::path link = file(name);
    fs::rename(link, file("kept"));
    fs::create_symlink("../../blobs/abc", link);
    expect_refused({}, link.string() + " is a link to ../../blobs/abc, which is not there");
    fs::remove(link);
    fs::rename(file("kept"), link);
  }
}

}  // namespace
}  // namespace medbench
