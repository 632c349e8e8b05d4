// Paths as people write them, with ~ and variables, which a shell expands only at the beginning of a word.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace medbench {

// $HOME, or else the folder that the password file has for this user; / where there is neither.
std::filesystem::path home_folder();

// ~ and ~/x with the home folder, ~user/x with that of the user; a user whom nobody knows stays as he is.
std::string expand_user(std::string_view path);

// $NAME and ${NAME} with what the environment has; what is not set stays as it is. As Python's
// os.path.expandvars.
std::string expand_variables(std::string_view text);

}  // namespace medbench
