// What parity was taken over, and what to do where it fails.
#pragma once

#include <span>
#include <string>

#include "report/page/model.hpp"

namespace medbench {

// "4 sets of random ids", "8 sets of texts, 32 texts of notes.txt". Empty where accuracy was not computed.
std::string parity_basis(const Result& row);

// A line for each target of these rows of one machine whose answers some setting is known to keep. HTML.
std::string render_remedies(const PageModel& model, const PageMachine& machine,
                            std::span<const Result* const> rows);

}  // namespace medbench
