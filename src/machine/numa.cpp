#include "machine/numa.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

#include "base/error.hpp"
#include "machine/cpu_info.hpp"
#include "machine/cpu_limits.hpp"
#include "machine/proc_file.hpp"

namespace medbench {

namespace {

namespace fs = std::filesystem;

// "preferred", or why not.
std::string prefer_memory_of(std::int64_t node) {
  constexpr std::size_t kMostNodes = 1024;  // of the kernel
  constexpr std::size_t kBits = sizeof(unsigned long) * CHAR_BIT;
  std::array<unsigned long, kMostNodes / kBits> mask{};
  const auto bit = static_cast<std::size_t>(node);
  if (bit >= kMostNodes) return "the kernel has no such node";
  mask.at(bit / kBits) |= 1UL << (bit % kBits);
  // The kernel takes one bit less than it is told.
  if (::syscall(SYS_set_mempolicy, MPOL_PREFERRED, mask.data(), kMostNodes + 1) == 0) return "preferred";
  return std::strerror(errno);
}

}  // namespace

std::vector<NumaNode> read_numa_nodes(const std::set<int>& allowed, const fs::path& folder) {
  constexpr std::string_view kPrefix = "node";
  std::vector<NumaNode> nodes;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    const auto number = parse_number(std::string_view(name).substr(kPrefix.size()));
    if (!number || *number < 0) continue;
    NumaNode node{*number, parse_cpu_list(read_proc_file((it->path() / "cpulist").string()))};
    if (!allowed.empty()) std::erase_if(node.processors, [&](int cpu) { return !allowed.contains(cpu); });
    if (!node.processors.empty()) nodes.push_back(std::move(node));
  }
  std::ranges::sort(nodes, {}, &NumaNode::number);
  if (nodes.empty()) nodes.push_back({0, allowed});
  return nodes;
}

const NumaNode& find_node(const std::vector<NumaNode>& nodes, std::int64_t number) {
  const auto found = std::ranges::find(nodes, number, &NumaNode::number);
  if (found != nodes.end()) return *found;
  std::string numbers;
  for (const NumaNode& node : nodes) numbers += fmt::format("{}{}", numbers.empty() ? "" : ", ", node.number);
  throw Error(ErrorKind::Usage,
              fmt::format("no processor of such a node may be used here; there is {}", numbers),
              fmt::format("NUMA node {}", number));
}

Placement place_everywhere(const std::vector<NumaNode>& nodes) {
  Placement placement;
  if (nodes.size() == 1) placement.node = nodes.front().number;
  for (const NumaNode& node : nodes)
    placement.processors.insert(node.processors.begin(), node.processors.end());
  return placement;
}

Placement place_on_one(const std::vector<NumaNode>& nodes, std::optional<std::int64_t> asked,
                       std::int64_t threads, std::string_view cpuinfo) {
  // The first of the largest.
  const NumaNode& node =
      asked ? find_node(nodes, *asked)
            : *std::ranges::max_element(nodes, {}, [](const NumaNode& one) { return one.processors.size(); });
  const std::int64_t cores = parse_cpu_info(cpuinfo, node.processors).physical_cores;
  if (asked || nodes.size() == 1 || threads <= cores)
    return {.node = node.number, .processors = node.processors};
  Placement placement = place_everywhere(nodes);
  placement.reason =
      fmt::format("{} threads are more than the {} cores of node {}", threads, cores, node.number);
  return placement;
}

bool has_memory_policy() {
  int mode = MPOL_DEFAULT;
  const bool known = ::syscall(SYS_get_mempolicy, &mode, nullptr, 0, nullptr, 0) == 0;
  return known && mode != MPOL_DEFAULT && mode != MPOL_LOCAL;
}

void apply_placement(Placement& placement, const Placement& everywhere) {
  if (!placement.node || placement.processors == everywhere.processors) return;
  if (const std::string refusal = set_allowed_cpus(placement.processors); !refusal.empty()) {
    placement = everywhere;
    placement.reason = "the mask cannot be narrowed: " + refusal;
    return;
  }
  placement.memory = prefer_memory_of(*placement.node);
}

}  // namespace medbench
