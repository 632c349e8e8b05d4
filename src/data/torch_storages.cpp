#include "data/torch_storages.hpp"

#include <optional>

#include "base/error.hpp"
#include "data/zip_archive.hpp"

namespace medbench {
namespace {

using namespace std::string_view_literals;
using Kind = PickleValue::Kind;

// Of the pickle that begins a file of the old form: 0x1950A86A20F9469CFC6C.
constexpr std::string_view kMagic = "\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19"sv;
constexpr std::int64_t kLegacyProtocol = 1001;
constexpr std::string_view kBigEndian = "it was written on a big-endian machine; save it again on this one";

[[noreturn]] void fail(std::string_view origin, std::string_view what) {
  throw usage_error("{}: {}; the file is damaged", origin, what);
}

// The folder of the one member that is called data.pkl, with the slash behind it.
std::string_view find_folder(const ZipMembers& members, std::string_view origin) {
  constexpr std::string_view kPickle = "data.pkl";
  std::optional<std::string_view> found;
  for (const auto& [name, member] : members) {
    if (name.ends_with("constants.pkl")) {
      throw usage_error(
          "{}: it is a program of torch.jit.save; save the model's state_dict() with torch.save", origin);
    }
    if (!name.ends_with(kPickle)) continue;
    const std::string_view folder = name.substr(0, name.size() - kPickle.size());
    if (!folder.empty() && !folder.ends_with('/')) continue;
    if (found) fail(origin, "it has more than one data.pkl");
    found = folder;
  }
  if (found) return *found;
  throw usage_error(
      "{}: it is a ZIP archive without data.pkl, and so none of torch.save; unpack it and give the "
      "file that was in it",
      origin);
}

std::string_view stored(std::string_view name, const ZipMember& member, std::string_view origin) {
  if (!member.is_packed) return member.data;
  throw usage_error(
      "{}: its ZIP member '{}' is compressed, as torch.save leaves none; unpack it and pack it again "
      "with zip -0, or save it again",
      origin, printable(name));
}

}  // namespace

TorchStorage read_storage(const Pickle& pickle, const PickleValue& value, std::string_view origin) {
  const std::vector<std::uint32_t>& items = pickle[value.items[0]].items;
  const auto is = [&](std::size_t i, Kind kind) { return i < items.size() && pickle[items[i]].kind == kind; };
  constexpr std::size_t kView = 5;
  if (!is(0, Kind::Text) || pickle[items[0]].text != "storage" || !is(1, Kind::Name) ||
      pickle[items[1]].name->meaning != PickleName::Meaning::StorageType || !is(2, Kind::Text) ||
      !is(4, Kind::Integer) || pickle[items[4]].integer < 0) {
    fail(origin, "its pickle names a storage in a way that torch.save does not");
  }
  TorchStorage storage{pickle[items[1]].name->dtype, pickle[items[2]].text, pickle[items[4]].integer};
  storage.part = storage.count;
  if (!is(kView, Kind::Tuple)) return storage;
  const std::vector<std::uint32_t>& view = pickle[items[kView]].items;
  const auto is_number = [&](std::size_t i) {
    return i < view.size() && pickle[view[i]].kind == Kind::Integer && pickle[view[i]].integer >= 0;
  };
  if (!is_number(1) || !is_number(2)) fail(origin, "its pickle has a part of a storage without numbers");
  storage.first = pickle[view[1]].integer;
  storage.part = pickle[view[2]].integer;
  if (storage.first > storage.count || storage.part > storage.count - storage.first)
    fail(origin,
         fmt::format("its pickle has a part of storage '{}' that is not within it", printable(storage.key)));
  return storage;
}

TorchContent read_torch_zip(std::string_view file, std::string_view origin) {
  const ZipMembers members = read_zip_directory(file, origin);
  const std::string folder(find_folder(members, origin));
  const std::string data = folder + "data/";
  TorchContent content;
  for (auto at = members.lower_bound(data); at != members.end() && at->first.starts_with(data); ++at)
    content.storages.emplace(at->first.substr(data.size()), stored(at->first, at->second, origin));
  if (const auto order = members.find(folder + "byteorder");
      order != members.end() && order->second.data == "big")
    throw usage_error("{}: {}", origin, kBigEndian);
  const auto pickle = members.find(folder + "data.pkl");
  const std::string_view bytes = stored(pickle->first, pickle->second, origin);
  const auto begin = static_cast<std::size_t>(bytes.data() - file.data());
  content.pickle = read_pickle(file.substr(0, begin + bytes.size()), begin, origin);
  return content;
}

TorchContent read_torch_legacy(std::string_view file, std::string_view origin) {
  const Pickle magic = read_pickle(file, 0, origin);
  if (magic.top().kind != Kind::LargeInteger || magic.top().text != kMagic)
    throw usage_error(
        "{}: it is a pickle, but none of torch.save; save the model's state_dict() with torch.save", origin);
  const Pickle protocol = read_pickle(file, magic.end, origin);
  if (protocol.top().kind != Kind::Integer || protocol.top().integer != kLegacyProtocol)
    fail(origin, "its protocol is not 1001");
  const Pickle system = read_pickle(file, protocol.end, origin);
  const PickleValue* is_little = system.find(system.top(), "little_endian");
  if (is_little != nullptr && is_little->integer == 0) throw usage_error("{}: {}", origin, kBigEndian);

  TorchContent content;
  content.pickle = read_pickle(file, system.end, origin);
  const Pickle keys = read_pickle(file, content.pickle.end, origin);
  std::map<std::string_view, TorchStorage> named;
  for (const PickleValue& value : content.pickle.values) {
    if (value.kind != Kind::Persistent) continue;
    const TorchStorage storage = read_storage(content.pickle, value, origin);
    const auto [at, is_new] = named.emplace(storage.key, storage);
    if (!is_new && (at->second.dtype != storage.dtype || at->second.count != storage.count))
      fail(origin, fmt::format("its pickle has storage '{}' in two ways", printable(storage.key)));
  }
  // Behind the pickles every storage has the number of its elements before it.
  std::string_view rest = file.substr(keys.end);
  for (const std::uint32_t item : keys.top().items) {
    const auto storage = named.find(keys[item].text);
    if (storage == named.end())
      fail(origin, fmt::format("no tensor has storage '{}'", printable(keys[item].text)));
    const auto& [key, what] = *storage;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < sizeof count && i < rest.size(); ++i)
      count |= std::uint64_t{static_cast<unsigned char>(rest[i])} << (8 * i);
    const std::size_t width = size_of(what.dtype);
    if (rest.size() < sizeof count ||
        static_cast<std::uint64_t>(what.count) > (rest.size() - sizeof count) / width) {
      throw usage_error("{}: {} bytes are left for storage '{}' of {} {}; the file is truncated", origin,
                        rest.size(), printable(key), what.count, to_string(what.dtype));
    }
    if (count != static_cast<std::uint64_t>(what.count))
      fail(origin, fmt::format("storage '{}' has {} elements and {}", printable(key), what.count, count));
    rest.remove_prefix(sizeof count);
    const std::string_view bytes = rest.substr(0, static_cast<std::size_t>(count) * width);
    if (!content.storages.emplace(key, bytes).second)
      fail(origin, fmt::format("storage '{}' is there twice", printable(key)));
    rest.remove_prefix(bytes.size());
  }
  return content;
}

}  // namespace medbench
