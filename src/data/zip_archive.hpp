// The directory of a ZIP archive, where nothing is unpacked: members that are stored as they are, as
// torch.save writes them, are views into the file. With and without ZIP64.
#pragma once

#include <map>
#include <string_view>

namespace medbench {

struct ZipMember {
  std::string_view data;  // as it lies in the file
  bool is_packed = false;
};
using ZipMembers = std::map<std::string_view, ZipMember>;  // by name

// Of a whole file. Every member lies by itself before the directory, and is called there as the directory
// calls it. Checksums are not looked at: that would read the whole file, and torch.save can leave them out.
// `origin` starts the messages. Throws Usage: no directory, one that does not fit the file, members that
// overlap, two of one name, more than one disk, encryption.
ZipMembers read_zip_directory(std::string_view file, std::string_view origin);

}  // namespace medbench
