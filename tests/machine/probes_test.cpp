#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <sys/mman.h>
#include <vector>

#include "backend/host_device.hpp"
#include "machine/cpu_info.hpp"
#include "machine/cpu_limits.hpp"
#include "machine/machine.hpp"
#include "machine/machine_probes.hpp"
#include "machine/memory.hpp"
#include "machine/proc_file.hpp"
#include "machine/process_time.hpp"

namespace medbench {
namespace {

TEST(ProcFile, NumbersAndLists) {
  EXPECT_EQ(parse_number("42"), 42);
  EXPECT_FALSE(parse_number(""));
  EXPECT_FALSE(parse_number("42kB"));
  EXPECT_FALSE(parse_number("99999999999999999999"));
  EXPECT_EQ(parse_cpu_list("0-2,5\n"), (std::set<int>{0, 1, 2, 5}));
  EXPECT_EQ(parse_cpu_list("x,3,9-8,-1,0-99999999999"), (std::set<int>{3}));
  EXPECT_EQ(parse_cpu_list(""), std::set<int>{});
  EXPECT_EQ(format_cpu_list({0, 1, 2, 5, 7, 8}), "0-2,5,7-8");
  EXPECT_EQ(format_cpu_list({}), "");
}

TEST(ProcFile, FieldsMatchTheWholeKey) {
  EXPECT_EQ(find_field("ab: 1\na:  2 kB\n", "a", ':'), "2 kB");
  EXPECT_FALSE(find_field("ab: 1\n", "a", ':'));
  EXPECT_TRUE(read_proc_file("/proc/no-such-file").empty());
}

TEST(Memory, ReadsTheStatusInMiB) {
  const MemorySnapshot snapshot = parse_memory_status(
      "Name:\tVmRSS\nVmSize:\t    4096 kB\nVmHWM:\t    3072 kB\nVmRSS:\t    1536 kB\n"
      "RssAnon:\t 1024 kB\nRssFile:\t 512 kB\n");
  EXPECT_EQ(snapshot.rss_mb, 1.5);
  EXPECT_EQ(snapshot.vms_mb, 4);
  EXPECT_EQ(snapshot.peak_mb, 3);
  EXPECT_EQ(snapshot.anonymous_mb, 1);
  EXPECT_EQ(snapshot.file_mb, 0.5);
  EXPECT_EQ(parse_memory_status("VmRSS: none").rss_mb, 0);
}

TEST(Memory, OfThisProcessGrowsWithWhatItTouches) {
  const MemorySnapshot before = read_memory();
  std::vector<char> block(std::size_t{64} << 20, 'x');
  const MemorySnapshot after = read_memory();
  EXPECT_EQ(block.back(), 'x');
  EXPECT_GT(before.rss_mb, 0);
  EXPECT_GE(after.rss_mb, before.rss_mb + 60);
  EXPECT_GE(after.peak_mb, after.rss_mb);
  EXPECT_GE(after.vms_mb, after.rss_mb);
}

TEST(Memory, PeakBeginsAnew) {
  constexpr std::size_t kBytes = std::size_t{64} << 20;
  void* const block = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(block, MAP_FAILED);
  std::memset(block, 1, kBytes);
  const double with_block_mb = read_memory().rss_mb;
  ::munmap(block, kBytes);
  const PeakReset reset = reset_memory_peak();
  if (!reset.refusal.empty()) GTEST_SKIP() << reset.refusal;
  EXPECT_GE(reset.before_mb, with_block_mb - 1);  // the kernel counts the two apart
  EXPECT_LT(read_memory().peak_mb, with_block_mb - 32);
}

TEST(Memory, PeakThatCannotBeResetIsToldWithTheReason) {
  const PeakReset reset = reset_memory_peak("/proc/no-such-file");
  EXPECT_EQ(reset.refusal, "/proc/no-such-file: No such file or directory");
  EXPECT_GT(reset.before_mb, 0);
}

TEST(ProcFile, FieldsOfStatAreCountedBehindTheName) {
  std::string stat = "7 (a) b 1 2) R";
  for (int field = 4; field <= 52; ++field) stat += " " + std::to_string(field * 100);
  EXPECT_EQ(stat_field(stat, 4), 400);
  EXPECT_EQ(stat_field(stat, 22), 2200);
  EXPECT_FALSE(stat_field(stat, 3)) << "the state is no number";
  EXPECT_FALSE(stat_field("7 (name) R 1 2", 22));
  EXPECT_FALSE(stat_field("", 4));
}

TEST(ProcessTime, AgeGrows) {
  const auto age = process_age_ms();
  ASSERT_TRUE(age);
  EXPECT_LT(*age, 3600e3);
  EXPECT_GE(*process_age_ms(), *age);
}

constexpr std::string_view kTwoSockets =
    "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nphysical id\t: 0\ncore id\t\t: 0\n"
    "flags\t\t: fpu avx2 avx512f amx_bf16 avx512_vnni hypervisor\n\n"
    "processor\t: 1\nphysical id\t: 0\ncore id\t\t: 0\n\n"
    "processor\t: 2\nphysical id\t: 0\ncore id\t\t: 1\n\n"
    "processor\t: 3\nphysical id\t: 1\ncore id\t\t: 0\n";

TEST(CpuInfo, CountsCoresOnceHoweverManyThreadsTheyHave) {
  const CpuInfo info = parse_cpu_info(kTwoSockets, {});
  EXPECT_EQ(info.model, "Some CPU @ 2 GHz");
  EXPECT_EQ(info.sockets, 2);
  EXPECT_EQ(info.physical_cores, 3);
  EXPECT_EQ(info.logical_cores, 4);
  EXPECT_EQ(info.isa, (std::vector<std::string>{"avx2", "avx512f", "avx512_vnni", "amx_bf16"}));
  EXPECT_TRUE(info.hypervisor);
}

TEST(CpuInfo, RespectsTheAffinityMask) {
  const CpuInfo info = parse_cpu_info(kTwoSockets, {0, 1});
  EXPECT_EQ(info.sockets, 1);
  EXPECT_EQ(info.physical_cores, 1);
  EXPECT_EQ(info.logical_cores, 2);
}

TEST(CpuInfo, ProcessorsWithoutTopologyAreCores) {
  const CpuInfo info = parse_cpu_info(
      "processor : 0\nFeatures : fp asimd asimddp sve\n\nprocessor : 1\n\nprocessor : 2\n", {});
  EXPECT_EQ(info.physical_cores, 3);
  EXPECT_EQ(info.isa, (std::vector<std::string>{"neon", "dotprod", "sve"}));
  EXPECT_FALSE(info.hypervisor);
  EXPECT_EQ(parse_cpu_info("", {}).logical_cores, 0);
}

TEST(CpuLimits, Quotas) {
  EXPECT_EQ(parse_quota_v2("150000 100000\n"), 1.5);
  EXPECT_EQ(parse_quota_v2("50000"), 0.5);
  EXPECT_FALSE(parse_quota_v2("max 100000\n"));
  EXPECT_FALSE(parse_quota_v2(""));
  EXPECT_EQ(parse_quota_v1("400000\n", "100000\n"), 4);
  EXPECT_FALSE(parse_quota_v1("-1", "100000"));
  EXPECT_FALSE(parse_quota_v1("100000", "0"));
}

TEST(CpuLimits, FoldersGoFromTheGroupToTheRoot) {
  EXPECT_EQ(cgroup_folders("0::/a/b\n", "cpu"),
            (std::vector<std::string>{"/sys/fs/cgroup/a/b", "/sys/fs/cgroup/a", "/sys/fs/cgroup"}));
  EXPECT_EQ(cgroup_folders("4:memory:/m\n1:cpu,cpuacct:/c\n", "cpu"),
            (std::vector<std::string>{"/sys/fs/cgroup/cpu/c", "/sys/fs/cgroup/cpu"}));
  EXPECT_EQ(cgroup_folders("0::/../outside\nbroken\n", "cpu"), (std::vector<std::string>{"/sys/fs/cgroup"}));
}

TEST(CpuLimits, ThisProcessMayRunSomewhere) {
  EXPECT_FALSE(allowed_cpus().empty());
}

TEST(MachineProbes, Names) {
  EXPECT_EQ(parse_os_release("NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"),
            "Debian GNU/Linux 12 (bookworm)");
  EXPECT_EQ(parse_os_release(""), "unknown");
  EXPECT_EQ(name_hypervisor(false, "QEMU", ""), "none");
  EXPECT_EQ(name_hypervisor(true, "QEMU\n", ""), "kvm");
  EXPECT_EQ(name_hypervisor(true, "", "VirtualBox"), "virtualbox");
  EXPECT_EQ(name_hypervisor(true, "", ""), "unknown");
  EXPECT_EQ(name_container("12:cpu:/docker/abc\n", false, false, false), "docker");
  EXPECT_EQ(name_container("0::/\n", false, true, false), "podman");
  EXPECT_EQ(name_container("0::/\n", true, false, true), "kubernetes");
  EXPECT_EQ(name_container("0::/\n", false, false, false), "none");
  EXPECT_EQ(name_turbo("1\n", ""), "off");
  EXPECT_EQ(name_turbo("", "1\n"), "on");
  EXPECT_EQ(name_turbo("", ""), "unknown");
}

TEST(MachineProbes, QuotasLimitCores) {
  EXPECT_EQ(cores_within_quota(8, std::nullopt), 8);
  EXPECT_EQ(cores_within_quota(8, 1.5), 1);
  EXPECT_EQ(cores_within_quota(8, 3.9), 3);
  EXPECT_EQ(cores_within_quota(8, 0.2), 1);
  EXPECT_EQ(cores_within_quota(2, 16.0), 2);
}

TEST(Machine, ProfileOfThisMachineIsFilled) {
  const MachineProfile profile = read_machine_profile();
  EXPECT_GE(profile.physical_cores, 1);
  EXPECT_GE(profile.numa_nodes, 1);
  EXPECT_GE(profile.logical_cores, profile.physical_cores);
  EXPECT_GT(profile.memory_total_mb, 0);
  const Json json = to_json(profile);
  EXPECT_EQ(json["physical_cores"], profile.physical_cores);
  for (const auto& [key, value] : json.items())
    EXPECT_FALSE(value.is_string() && value.get<std::string>().empty()) << key;
}

TEST(HostDevice, IsThisProcessor) {
  const MachineProfile profile = read_machine_profile();
  const DeviceInfo device = host_device({"fp32", "bf16"});
  EXPECT_EQ(device.id, "cpu");
  EXPECT_EQ(device.name, profile.cpu_model);
  EXPECT_EQ(device.memory_mb, profile.memory_total_mb);
  EXPECT_EQ(device.precisions, (std::vector<std::string>{"fp32", "bf16"}));
}

}  // namespace
}  // namespace medbench
