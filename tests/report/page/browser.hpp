// Pages in headless Chromium, which is of the distribution and not needed for anything else.
#pragma once

#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/json.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::testing {

inline std::string find_program(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    for (const char* folder : {"/usr/bin/", "/usr/local/bin/", "/snap/bin/"}) {
      if (std::filesystem::exists(std::string(folder) + name)) return std::string(folder) + name;
    }
  }
  return {};
}

class BrowserTest : public ::testing::Test {
 protected:
  void SetUp() override {
    chromium_ = find_program({"chromium", "chromium-browser", "google-chrome"});
    if (chromium_.empty()) GTEST_SKIP() << "needs headless Chromium: apt-get install chromium";
  }

  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }
  [[nodiscard]] static std::string replaced(std::string text, const std::string& from,
                                            const std::string& to) {
    const auto at = text.find(from);
    if (at != std::string::npos) text.replace(at, from.size(), to);
    return text;
  }

  // Without any network, as on a machine of a hospital.
  [[nodiscard]] ProgramOutput chromium(const std::filesystem::path& page,
                                       std::vector<std::string> more) const {
    std::vector<std::string> words{chromium_,
                                   "--headless",
                                   "--no-sandbox",
                                   "--disable-gpu",
                                   "--disable-background-networking",
                                   "--host-resolver-rules=MAP * ~NOTFOUND",
                                   "--enable-logging=stderr",
                                   "--allow-file-access-from-files",
                                   "--virtual-time-budget=10000",
                                   "--user-data-dir=" + (folder_.path() / "profile").string()};
    words.insert(words.end(), more.begin(), more.end());
    words.push_back("file://" + page.string());
    return run_program({.argv = words, .environment = {}}, {}, std::chrono::seconds{120});
  }
  // What a page writes to the console, which a policy that is broken does too.
  [[nodiscard]] static std::vector<std::string> console_of(const ProgramOutput& output) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < output.err.size();) {
      const auto end = std::min(output.err.find('\n', begin), output.err.size());
      const std::string line = output.err.substr(begin, end - begin);
      if (line.find(":CONSOLE") != std::string::npos) lines.push_back(line);
      begin = end + 1;
    }
    return lines;
  }

  // The page with the probe behind its own script, in a frame of that width.
  [[nodiscard]] Json probe(const std::string& page, int width = 1000) const {
    const std::string script = read_text_file(source_folder() / "tests/report/page/probe.js");
    const auto policy = page.find("script-src 'sha256-");
    const std::string hash = page.substr(policy, page.find(';', policy) - policy);
    std::string probed = replaced(page, hash, "script-src 'unsafe-inline'");
    probed = replaced(std::move(probed), "</script>\n</body>",
                      "</script>\n<script>{" + script + "}</script>\n</body>");
    folder_.write("probed.html", probed);
    const auto frame = folder_.write(
        "frame.html",
        "<body><script>addEventListener('message', (event) => { document.body.textContent = 'SEEN' + "
        "btoa(JSON.stringify(event.data).replace(/[^ -~]/g, '?')) + 'END'; });</script><iframe "
        "src=probed.html width=" +
            std::to_string(width) + " height=800 style='border:0'></iframe>");
    const auto output = chromium(frame, {"--dump-dom"});
    const auto at = output.out.find("SEEN");
    if (at == std::string::npos)
      throw std::runtime_error("the page gave no answers: " + output.err + output.out);
    return parse_json(decode(output.out.substr(at + 4, output.out.find("END", at) - at - 4)), "probe");
  }

 private:
  static std::string decode(const std::string& base64) {
    const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    unsigned bits = 0;
    unsigned count = 0;
    for (const char c : base64) {
      const auto value = letters.find(c);
      if (value == std::string::npos) break;
      bits = (bits << 6U) | static_cast<unsigned>(value);
      count += 6;
      if (count < 8) continue;
      count -= 8;
      text += static_cast<char>((bits >> count) & 255U);
    }
    return text;
  }

  TemporaryFolder folder_;
  std::string chromium_;
};

}  // namespace medbench::testing
