// One job: a workload on a target under a protocol, everything a worker needs to measure one configuration.
// With Result and the events this is the whole contract between the command line and a worker; nothing in it
// assumes that both run on one machine, except paths.
#pragma once

#include <string>

#include "base/json.hpp"
#include "job/protocol.hpp"
#include "job/target.hpp"
#include "job/workload.hpp"

namespace medbench {

struct Job {
  std::string id;  // unique within a run, safe as a file name
  Workload work;
  Target target;
  Protocol protocol;
};

Json to_json(const Job& job);
// Reads also the flat objects of files of schema 1. Throws Usage and names the key.
Job job_from_json(const Json& json);

}  // namespace medbench
