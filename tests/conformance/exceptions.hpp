// What is known of runtimes: what they refuse, and what they compute wrongly, on which class of processors.
#pragma once

#include <iterator>
#include <optional>
#include <span>
#include <string_view>

#include "tests/conformance/cases.hpp"
#include "tests/conformance/conformance.hpp"
#include "tests/support/processors.hpp"

namespace medbench::conformance {

// The processors that a row is about, as the variables leave them: a range of the table of classes.
struct Classes {
  testing::ClassIndex least = testing::kNoClass;
  testing::ClassIndex most = std::ssize(testing::kProcessorClasses);
  // Unset: however it came about. A runtime that asks the processor itself tells one that variables keep to a
  // class from one that is of it.
  std::optional<bool> is_played = std::nullopt;
};

struct ExpectedRefusal {
  std::string_view backend;
  std::string_view device;
  std::string_view precision;  // empty: each
  Classes classes;
  std::string_view says;  // a part of the refusal
  // Whether it refuses depends on what is installed; otherwise it must.
  bool may_run = false;
};

struct LeftOutCases {
  std::string_view backend;
  std::string_view device;
  std::string_view precision;  // empty: each
  std::string_view family;     // empty: each
  const char* cases;           // a pattern of fnmatch()
  Classes classes;
  std::string_view reason;
};

std::span<const LeftOutCases> all_left_out();

// The row for this backend, device and precision on this processor, or null.
const ExpectedRefusal* find_refusal(const SuiteOptions& options, std::string_view precision);
const LeftOutCases* find_left_out(const SuiteOptions& options, const Suite& suite, const Case& item);

// Whether the runtime computes the products of every convolution in fp32, and says so, whatever is asked for.
bool convolves_in_fp32(const SuiteOptions& options, std::string_view precision);

}  // namespace medbench::conformance
