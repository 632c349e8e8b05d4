// Nodes of processors with their memory (NUMA), and on which of them a process runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace medbench {

inline constexpr const char* kNodesFolder = "/sys/devices/system/node";

struct NumaNode {
  std::int64_t number = 0;
  std::set<int> processors;
};

// Nodes with processors in `allowed`, or with any where that is empty, by number: each with those. Where the
// kernel tells of none, all are of node 0.
std::vector<NumaNode> read_numa_nodes(const std::set<int>& allowed,
                                      const std::filesystem::path& folder = kNodesFolder);

// Throws Usage, whose subject is the node, where there is none of that number.
const NumaNode& find_node(const std::vector<NumaNode>& nodes, std::int64_t number);

struct Placement {
  std::optional<std::int64_t> node{};  // nothing: several
  std::set<int> processors{};
  std::string reason{};                 // why it is not one node although none or one was asked for
  std::optional<std::string> memory{};  // where the mask was narrowed: "preferred", or why it is not
};

// On all of them.
Placement place_everywhere(const std::vector<NumaNode>& nodes);
// On the node that is asked for, else on that with most processors, the first of several; everywhere where
// nobody asked and it has fewer cores than there are to be threads (0: as many as cores). `cpuinfo` is that
// of /proc. Throws Usage as find_node() does.
Placement place_on_one(const std::vector<NumaNode>& nodes, std::optional<std::int64_t> asked,
                       std::int64_t threads, std::string_view cpuinfo);

// Whether somebody chose where the memory of this thread comes from, as numactl does.
bool has_memory_policy();

// Restricts the calling thread, and those that it makes from now on, to these processors, with memory of
// their node where there is some. Where the kernel refuses, the placement becomes `everywhere` with that as
// its reason. Nothing happens where the two have the same processors.
void apply_placement(Placement& placement, const Placement& everywhere);

}  // namespace medbench
